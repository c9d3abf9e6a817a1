import { effect, type ReadonlySignal } from '@preact/signals';

/** Puts the number of unread answers before the page's title, `(2) Shop`, and takes it away again. Returns what ends it. */
export function countInTitle(unread: ReadonlySignal<number>): () => void {
  let prefix = '';
  const show = (count: number) => {
    // The page may have changed its title meanwhile: only what was put there is taken away.
    const title = document.title.replace(prefix, '');
    prefix = count > 0 ? `(${count}) ` : '';
    if (document.title !== prefix + title) document.title = prefix + title;
  };
  const stop = effect(() => show(unread.value));
  return () => {
    stop();
    show(0);
  };
}
