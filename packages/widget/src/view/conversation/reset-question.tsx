import { Confirmation } from './confirmation.tsx';
import { keepFocus } from '../keep-focus.ts';
import { useWidget } from '../widget-context.ts';

/** Asks before a conversation is put away: nothing in the widget brings it back. */
export function ResetQuestion({ onClose }: { onClose: () => void }) {
  const { chat, viewport, words } = useWidget();
  return (
    <Confirmation
      question={words.value.resetQuestion}
      detail={words.value.resetDetail}
      confirmLabel={words.value.resetConfirm}
      onConfirm={(panel) => {
        // The button that asked this is not there when there are no messages.
        void chat.reset().then(() => keepFocus(panel, viewport.peek().isPhone));
        onClose();
      }}
      onCancel={onClose}
    />
  );
}
