import { defineElement, TAG_NAME } from './host/define-element.ts';

/** Names of the other files, put in by the build: they carry the hash of their content. */
declare const __PANEL_FILE__: string;
declare const __LAUNCHERS_FILE__: string;

const script = document.currentScript;
// A module, or code that a tag manager has evaluated, is not told its tag: it looks for the tags that name this file.
const tags = script
  ? [script as HTMLScriptElement]
  : document.querySelectorAll<HTMLScriptElement>('[src*=chat-widget]');
const fileUrl = new URL(tags[0]?.src || document.baseURI);

// A browser runs this file once per tag. The later runs find the first one's class and give it their tag.
const elementClass =
  customElements.get(TAG_NAME) ??
  defineElement(
    fileUrl.origin,
    (attempt) => importFile(__PANEL_FILE__, attempt),
    (attempt) => importFile(__LAUNCHERS_FILE__, attempt),
  );
// oxlint-disable-next-line no-new -- an element that is made of a tag starts that tag's widget
for (const tag of tags) new elementClass(tag);

/** A browser may remember that a module could not be had; another address asks again. */
function importFile<Module>(name: string, attempt: number): Promise<Module> {
  return import(/* @vite-ignore */ new URL(name + '?'.repeat(attempt), fileUrl) as never) as Promise<Module>;
}
