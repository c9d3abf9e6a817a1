/** What the launcher's place and colour depend on. Numbers may still be strings: the loader does not parse. */
export interface Look {
  mode: string;
  accent: string;
  position: string;
  offsetX: number | string;
  offsetY: number | string;
  zIndex: number | string;
  /** How many widgets stand in the same corner before this one. */
  stackIndex: number;
  isHidden?: boolean;
}

/** Room one launcher takes beside another, in px. */
export const LAUNCHER_STEP_PX = 68;

/**
 * The rules that one widget's settings decide. In a sheet and not inline, for two reasons: `!important` in the `:host`
 * of a shadow root beats every rule of the page, and custom properties set here lose to the page's own
 * `salient-chat { --salient-accent: ... }`, which is how an owner restyles it.
 */
export function lookCss(look: Look): string {
  const { mode, accent, position, offsetX, offsetY, zIndex, stackIndex, isHidden } = look;
  const [vertical, side] = position.split('-');
  const box =
    mode === 'inline'
      ? 'position:relative;width:100%;height:100%'
      : `position:fixed;${mode === 'page' ? 'inset:0' : ''}`;
  const shield = `all:initial;display:${isHidden ? 'none' : 'block'};${box};z-index:${zIndex};`;
  // Black or white, whichever reads better: where the luminance, after WCAG, is 0.179 both are equal. With the colour
  // itself and no variable in it, a browser that cannot compute this keeps the white.
  const contrast = ' clamp(0,(.179 - .2126*r - .7152*g - .0722*b)*9999,1)'.repeat(3);
  return (
    `:host{${shield.replaceAll(';', '!important;')}--salient-accent:${accent}}` +
    `.bubble-icon::before{background:#fff;background:color(from ${accent} srgb-linear${contrast})}` +
    `.launcher{${vertical}:${offsetY}px;${side}:${+offsetX + stackIndex * LAUNCHER_STEP_PX}px}`
  );
}
