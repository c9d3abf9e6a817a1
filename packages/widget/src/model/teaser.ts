import { createModel, signal } from '@preact/signals';
import type { WidgetStorage } from './storage.ts';

/** Whether the line beside the closed launcher is still to be shown. It is stored only when the visitor has reacted. */
export const TeaserModel = createModel((storage: WidgetStorage) => {
  const isWanted = signal(storage.get('teaser') === null);

  function end() {
    if (!isWanted.peek()) return;
    isWanted.value = false;
    storage.set('teaser', 'seen');
  }

  return { isWanted, end };
});

export type Teaser = InstanceType<typeof TeaserModel>;
