/**
 * A script of the host page's own, to be served as a file and loaded first: gathers what the page would notice of a
 * misbehaving guest. Layout shift as the metric counts it: without what follows what a visitor has just done. Read it as
 * `window.pageWatch`.
 */
export const watchPageScript = `
window.pageWatch = { faults: [] };
addEventListener('error', (event) => pageWatch.faults.push('error: ' + event.message));
addEventListener('unhandledrejection', (event) => pageWatch.faults.push('unhandled rejection: ' + event.reason));
addEventListener('securitypolicyviolation', (event) =>
  pageWatch.faults.push('violates ' + event.violatedDirective + ': ' + event.blockedURI));
if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      if (hadRecentInput) continue;
      const moves = sources.map(({ previousRect, currentRect }) => JSON.stringify([previousRect, currentRect]));
      pageWatch.faults.push('layout shift of ' + value + ': ' + moves);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
`;

/** What `watchPageScript` has gathered. */
export interface PageWatch {
  faults: string[];
}

declare global {
  interface Window {
    pageWatch: PageWatch;
  }
}
