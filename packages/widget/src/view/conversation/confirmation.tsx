import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { trapFocus } from '../trap-focus.ts';
import { useWidget } from '../widget-context.ts';

interface ConfirmationProps {
  question: string;
  detail: ComponentChildren;
  confirmLabel: string;
  /** Told which panel the question lies over. */
  onConfirm: (panel: HTMLElement) => void;
  onCancel: () => void;
}

/** A question over the panel that has to be answered first. The focus comes in, stays, and goes back. */
export function Confirmation({ question, detail, confirmLabel, onConfirm, onCancel }: ConfirmationProps) {
  const { words } = useWidget();
  const box = useRef<HTMLDivElement>(null);
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const opener = (box.current!.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
    cancel.current?.focus();
    return () => opener?.focus();
  }, []);

  return (
    <div class="veil">
      <div
        ref={box}
        class="question"
        role="alertdialog"
        aria-modal="true"
        aria-labelledby="question"
        aria-describedby="question-detail"
        onKeyDown={(event) => {
          trapFocus(event, box.current!);
          if (event.key !== 'Escape') return;
          event.stopPropagation();
          onCancel();
        }}
      >
        <p id="question" class="question-title">
          {question}
        </p>
        <div id="question-detail" class="question-detail" dir="auto">
          {detail}
        </div>
        <div class="question-buttons">
          <button ref={cancel} type="button" class="button" onClick={onCancel}>
            {words.value.cancel}
          </button>
          <button
            type="button"
            class="button primary"
            onClick={() => onConfirm(box.current!.closest<HTMLElement>('.panel')!)}
          >
            {confirmLabel}
          </button>
        </div>
      </div>
    </div>
  );
}
