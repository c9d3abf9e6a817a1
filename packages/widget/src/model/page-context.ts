import type { ReportProblem } from '../config/check-options.ts';

/** The most the server takes. */
const MAX_CONTEXT_BYTES = 2_048;

/** Collects what the page tells about itself and its visitor, within the size the server takes. */
export function createPageContext(report: ReportProblem) {
  let current: Record<string, unknown> = {};
  return {
    /** What to send along with a message; undefined when there is nothing. */
    get: () => (Object.keys(current).length > 0 ? current : undefined),
    /** Adds to what is known. Too much of it, or what is not JSON, is reported and changes nothing. */
    add(data: Record<string, unknown>) {
      const next = { ...current, ...data };
      if (jsonBytes(next) <= MAX_CONTEXT_BYTES) current = next;
      else report(`"context" must be at most ${MAX_CONTEXT_BYTES} bytes of JSON. It is ignored.`);
    },
  };
}

function jsonBytes(value: object): number {
  try {
    return new TextEncoder().encode(JSON.stringify(value)).length;
  } catch {
    return Infinity;
  }
}
