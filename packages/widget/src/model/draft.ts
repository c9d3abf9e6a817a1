import { createModel, signal } from '@preact/signals';
import type { WidgetStorage } from './storage.ts';

/** What stands in the message box: a message to come, kept over a reload, or the last question being edited. */
export const DraftModel = createModel((storage: WidgetStorage) => {
  const text = signal(storage.get('draft') ?? '');
  const isEditing = signal(false);
  let putAside = '';

  function write(next: string) {
    text.value = next;
    if (!isEditing.peek()) storage.set('draft', next || null);
  }

  /** Puts a question into the box, and what stood there aside. */
  function edit(question: string) {
    if (!isEditing.peek()) putAside = text.peek();
    isEditing.value = true;
    text.value = question;
  }

  /** Empties the box once its text is sent, or no longer wanted. After an edit, what was put aside comes back. */
  function clear() {
    const rest = isEditing.peek() ? putAside : '';
    putAside = '';
    isEditing.value = false;
    write(rest);
  }

  return { text, isEditing, write, edit, clear };
});

export type Draft = InstanceType<typeof DraftModel>;
