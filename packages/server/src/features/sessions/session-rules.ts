import type { AppSettings } from '../../config.ts';

/** How long what a visitor is recognised by is good for. */
export interface SessionRules {
  rotateHours: number;
  /** How long a replaced key or token still works: for other tabs, and for answers that were lost. */
  overlapSeconds: number;
  /** Without a visit. What is exchanged once in `rotateHours` cannot tell more exactly. */
  idleSeconds: number;
  /** Whatever happens. */
  absoluteSeconds: number;
}

export function sessionRules({
  rotate_hours,
  overlap_seconds,
  max_age_days,
  absolute_days,
}: AppSettings['session']): SessionRules {
  return {
    rotateHours: rotate_hours,
    overlapSeconds: overlap_seconds,
    idleSeconds: max_age_days * 86_400 + rotate_hours * 3600,
    absoluteSeconds: absolute_days * 86_400,
  };
}
