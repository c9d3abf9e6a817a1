import { useEffect, useRef } from 'preact/hooks';
import { keepFocus } from './keep-focus.ts';
import { useWidget } from './widget-context.ts';

/** Asks before a conversation is put away: nothing in the widget brings it back. */
export function ResetQuestion({ onClose }: { onClose: () => void }) {
  const { chat, viewport, words } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const opener = (box.current!.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    cancel.current?.focus();
    return () => opener?.focus();
  }, []);

  const confirm = () => {
    const panel = box.current!.closest<HTMLElement>('.panel')!;
    // The button that asked this is not there when there are no messages.
    void chat.reset().then(() => keepFocus(panel, viewport.peek().isPhone));
    onClose();
  };

  return (
    <div class="veil">
      <div ref={box} class="question" role="alertdialog" aria-labelledby="question" aria-describedby="question-detail">
        <p id="question" class="question-title">
          {words.value.resetQuestion}
        </p>
        <p id="question-detail" class="question-detail">
          {words.value.resetDetail}
        </p>
        <div class="question-buttons">
          <button ref={cancel} type="button" class="button" onClick={onClose}>
            {words.value.cancel}
          </button>
          <button type="button" class="button primary" onClick={confirm}>
            {words.value.resetConfirm}
          </button>
        </div>
      </div>
    </div>
  );
}
