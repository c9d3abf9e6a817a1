/** What else the settings say of the host, over `lookCss`: how it stands on the page, and whether it is to be seen. */
export function hostCss(mode: string, isHidden: boolean): string {
  const display = `display:${isHidden ? 'none' : 'block'}!important;`;
  if (mode === 'floating') return `:host{${display}}`;
  if (mode === 'page') return `:host{${display}inset:0!important}`;
  return `:host{${display}position:relative!important;width:100%!important;height:100%!important}`;
}
