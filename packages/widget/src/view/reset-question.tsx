import { Confirmation } from './confirmation.tsx';
import { useWidget } from './widget-context.ts';

/** Asks before a conversation is put away: nothing in the widget brings it back. */
export function ResetQuestion({ onClose }: { onClose: () => void }) {
  const { chat, words } = useWidget();
  return (
    <Confirmation
      question={words.value.resetQuestion}
      detail={words.value.resetDetail}
      confirmLabel={words.value.resetConfirm}
      onConfirm={() => {
        void chat.reset();
        onClose();
      }}
      onCancel={onClose}
    />
  );
}
