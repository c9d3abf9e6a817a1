import type { ChatMessage, ChatMessageState } from '../../model/chat-message.ts';
import type { Words } from '../../locales/en.ts';
import { AnswerActions } from './answer-actions.tsx';
import { Citations } from './citations.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { formatMoment } from './format-moment.ts';
import { Icon } from '../icons.tsx';
import { Markdown } from '../markdown/markdown.tsx';
import { Picture } from '../picture.tsx';
import { useWidget } from '../widget-context.ts';

interface MessageProps {
  message: ChatMessage;
  /** The last of its kind. Only that can be asked again. */
  isLast: boolean;
}

/** What the visitor said: plain text, exactly as typed. */
export function Question({ message, isLast }: MessageProps) {
  const { chat, draft, isOnline, locale, words } = useWidget();
  const { id, content, status, error } = message.state.value;
  return (
    <div
      class={`message user ${status}`}
      // Made when it is looked for: the first use of a language's dates costs a slow machine a tenth of a second.
      onPointerEnter={({ currentTarget }) => (currentTarget.title = formatMoment(message.createdAt, locale.value))}
    >
      <span class="visually-hidden">{words.value.you}: </span>
      <div class="bubble-row">
        {isLast && id && !chat.isBusy.value && (
          <button
            type="button"
            class="icon-button small edit"
            aria-label={words.value.editQuestion}
            title={words.value.editQuestion}
            onClick={() => draft.edit(content)}
          >
            <Icon name="edit" />
          </button>
        )}
        <p class="bubble" dir="auto">
          {content}
        </p>
      </div>
      {status === 'sending' && !isOnline.value && <p class="end-note">{words.value.waitsForNetwork}</p>}
      {status === 'failed' && error && (
        <ErrorNotice error={error} lead={words.value.notSent} onRetry={() => chat.retry(message)} />
      )}
    </div>
  );
}

/** What the agent said: Markdown, its sources, and what can be done with it. */
export function Answer({ message, isLast }: MessageProps) {
  const { chat, config, pieces, words } = useWidget();
  const state = message.state.value;
  const { content, status, citations } = state;
  const isUnderWay = status === 'waiting' || status === 'streaming';
  if (isUnderWay && content === '') return null;
  const note = endNote(state, words.value);
  return (
    <div class="message assistant">
      <Picture address={config.value.avatar} class="face" />
      <span class="visually-hidden">{words.value.assistant}: </span>
      {content !== '' && (
        <Markdown
          text={content}
          streaming={isUnderWay}
          imageHosts={config.value.imageHosts}
          words={words.value}
          pieces={pieces}
        />
      )}
      {note && <p class="end-note">{note}</p>}
      {!isUnderWay && citations.length > 0 && <Citations citations={citations} />}
      {status === 'error' && (
        <ErrorNotice
          error={state.error ?? { code: 'UPSTREAM_ERROR' }}
          lead={content === '' ? words.value.answerFailed : words.value.answerCut}
          onRetry={() => chat.retry(message)}
        />
      )}
      {!isUnderWay && content !== '' && <AnswerActions message={message} isLast={isLast} />}
    </div>
  );
}

/** Why an answer ends where it does, when that is not its own end. */
function endNote({ status, finishReason }: ChatMessageState, words: Words): string | undefined {
  if (finishReason === 'stopped') return words.stopped;
  if (finishReason === 'length') return words.lengthReached;
  return status === 'partial' ? words.answerCut : undefined;
}
