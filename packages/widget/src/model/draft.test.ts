import { expect, test } from 'vitest';
import { createMemoryStorage } from '../test/memory-storage.ts';
import { DraftModel } from './draft.ts';

test('what is written is there after a reload, until it is sent', () => {
  const storage = createMemoryStorage();
  new DraftModel(storage).write('half a');
  const draft = new DraftModel(storage);
  expect(draft.text.value).toBe('half a');
  draft.clear();
  expect(new DraftModel(storage).text.value).toBe('');
});

test('editing a question puts the draft aside, and gives it back', () => {
  const storage = createMemoryStorage();
  const draft = new DraftModel(storage);
  draft.write('next');
  draft.edit('old question');
  draft.write('new question');
  expect([draft.text.value, draft.isEditing.value, storage.get('draft')]).toEqual(['new question', true, 'next']);
  draft.clear();
  expect([draft.text.value, draft.isEditing.value]).toEqual(['next', false]);
});
