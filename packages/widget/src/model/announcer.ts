import { createModel, signal } from '@preact/signals';

/** A screen reader reads a line once, when it appears; a few are kept so that a slow one misses none. */
const KEPT_LINES = 12;

/** What assistive technology is told, line by line. */
export const AnnouncerModel = createModel(() => {
  const lines = signal<{ id: number; text: string }[]>([]);
  let nextId = 0;

  function say(text: string) {
    lines.value = [...lines.peek(), { id: nextId++, text }].slice(-KEPT_LINES);
  }

  return { lines, say };
});

export type Announcer = InstanceType<typeof AnnouncerModel>;
