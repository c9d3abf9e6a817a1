/** What the launcher's place and colour depend on. Numbers may still be strings: the loader does not parse. */
export interface Look {
  accent: string;
  position: string;
  offsetX: number | string;
  offsetY: number | string;
  zIndex: number | string;
  /** How many widgets stand in the same corner before this one. */
  index: number;
  /** What the launcher is called. */
  label: string;
}

/** Room one launcher takes beside another, in px. */
export const LAUNCHER_STEP_PX = 68;

/**
 * The host of a floating widget and its launcher before it is touched; panel.css has the rest. In the loader: keep it
 * short. In a sheet and not inline, for two reasons: `!important` in the `:host` of a shadow root beats every rule of
 * the page, and custom properties set here lose to the page's own `salient-chat { --salient-accent: ... }`, which is
 * how an owner restyles it.
 */
export function lookCss({ accent, position, offsetX, offsetY, zIndex, index }: Look): string {
  const [vertical, side] = position.split('-');
  return (
    `:host{all:initial!important;position:fixed!important;z-index:${zIndex}!important;--salient-accent:${accent}}` +
    `.launcher,.away:after{position:fixed;${vertical}:${offsetY}px;${side}:${+offsetX + index * LAUNCHER_STEP_PX}px}` +
    // A shape drawn by its background would vanish in forced colours.
    '.launcher{width:56px;padding:14px;border:0;border-radius:50%;forced-color-adjust:none;' +
    'cursor:pointer;background:var(--salient-accent);box-shadow:0 4px 16px #0004}' +
    // A speech bubble. Not an image: those are up to the page's CSP. Black or white, whichever reads better: where the
    // luminance, after WCAG, is 0.179 both are equal, and that is a lightness of 49.44. With the colour itself and no
    // variable in it, a browser that cannot compute this keeps the white.
    '.launcher:before{content:"";display:block;height:28px;background:#fff;' +
    `background:lch(from ${accent} calc(4895 - l*99) 0 0);` +
    'clip-path:path("M4 3h20q3 0 3 3v12q0 3-3 3H13l-6 5v-5H4q-3 0-3-3V6q0-3 3-3")}'
  );
}

/** What only the loader's launcher can be: just come, clicked while the panel is on its way, or without one. */
export const launcherCss =
  '.busy{opacity:.6}' +
  '.away:after{content:attr(aria-label);padding:8px;background:#fff;margin:14px 64px}' +
  '@keyframes a{0%{opacity:0}}@media not (prefers-reduced-motion){.launcher{animation:a .2s}}' +
  '@media print{.launcher{display:none}}';
