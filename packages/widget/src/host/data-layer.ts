/** Tells a tag manager of an event, in the form of Google's data layer. What was said is left out: it is the visitor's. */
export function pushToDataLayer(name: string, detail: object): void {
  const { text: _text, ...salient } = detail as { text?: string };
  (window.dataLayer ??= []).push({ event: `salient:${name}`, salient });
}

declare global {
  interface Window {
    /** The page's own, made when it asks for it. */
    dataLayer?: object[];
  }
}
