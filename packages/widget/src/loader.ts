import { defineElement, TAG_NAME, type SalientElementClass } from './host/define-element.ts';

/** Name of the panel's file, put in by the build: it carries the hash of its content. */
declare const __PANEL_FILE__: string;

const script = document.currentScript;
// A module, or code that a tag manager has evaluated, is not told its tag: it looks for the tags that name this file.
const tags = script ? [script] : document.querySelectorAll('script[src*="chat-widget"],script[src][data-agent]');
const fileUrl = new URL(tags[0]?.getAttribute('src') ?? '', document.baseURI);

// A browser runs this file once per tag. The later runs find the first one's class and give it their tag.
const elementClass =
  (customElements.get(TAG_NAME) as SalientElementClass | undefined) ??
  defineElement(
    fileUrl.origin,
    // A browser may remember that a module could not be had; another address asks again.
    (attempt) => import(/* @vite-ignore */ new URL(__PANEL_FILE__ + '?'.repeat(attempt), fileUrl).href),
  );
for (const tag of tags) elementClass.addTag(tag);
