/**
 * A script of the host page's own, to be served as a file and loaded first: gathers what the page would notice of a
 * misbehaving guest. Read it as `window.pageWatch`.
 */
export const watchPageScript = `
window.pageWatch = { faults: [], layoutShift: 0 };
addEventListener('error', (event) => pageWatch.faults.push('error: ' + event.message));
addEventListener('unhandledrejection', (event) => pageWatch.faults.push('unhandled rejection: ' + event.reason));
addEventListener('securitypolicyviolation', (event) =>
  pageWatch.faults.push('violates ' + event.violatedDirective + ': ' + event.blockedURI));
if (PerformanceObserver.supportedEntryTypes.includes('layout-shift')) {
  new PerformanceObserver((list) => {
    for (const { value } of list.getEntries()) pageWatch.layoutShift += value;
  }).observe({ type: 'layout-shift', buffered: true });
}
`;

/** What `watchPageScript` has gathered. */
export interface PageWatch {
  faults: string[];
  layoutShift: number;
}

declare global {
  interface Window {
    pageWatch: PageWatch;
  }
}
