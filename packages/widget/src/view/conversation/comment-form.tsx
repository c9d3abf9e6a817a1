import { useRef } from 'preact/hooks';
import type { ChatMessage } from '../../model/chat-message.ts';
import { Icon } from '../icons.tsx';
import { useWidget } from '../widget-context.ts';

/** As much as the server takes. */
const MAX_COMMENT_CHARS = 2_000;

interface CommentFormProps {
  message: ChatMessage;
  rating: 'up' | 'down';
  onClose: (isSent: boolean) => void;
}

/** Below an answer that has just been rated: why. Nobody has to say. */
export function CommentForm({ message, rating, onClose }: CommentFormProps) {
  const { chat, words } = useWidget();
  const box = useRef<HTMLTextAreaElement>(null);
  const label = rating === 'up' ? words.value.goodComment : words.value.badComment;

  const submit = async (event: Event) => {
    event.preventDefault();
    const comment = box.current?.value.trim();
    if (!comment) box.current?.focus();
    else if (await chat.rate(message, rating, comment)) onClose(true);
  };

  return (
    <form
      class="comment"
      onSubmit={(event) => void submit(event)}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose(false);
      }}
    >
      <div class="comment-head">
        <label for={`comment-${message.key}`}>{label}</label>
        <button
          type="button"
          class="icon-button small"
          aria-label={words.value.dismiss}
          title={words.value.dismiss}
          onClick={() => onClose(false)}
        >
          <Icon name="close" />
        </button>
      </div>
      <textarea
        ref={box}
        id={`comment-${message.key}`}
        class="comment-text"
        rows={2}
        dir="auto"
        maxLength={MAX_COMMENT_CHARS}
        placeholder={words.value.commentHint}
      />
      <button type="submit" class="button small">
        {words.value.sendComment}
      </button>
    </form>
  );
}
