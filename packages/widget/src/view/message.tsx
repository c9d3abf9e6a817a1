import type { ChatMessage, ChatMessageState } from '../model/chat-message.ts';
import type { Words } from '../locales/en.ts';
import { AnswerActions } from './answer-actions.tsx';
import { Citations } from './citations.tsx';
import { ErrorNotice } from './error-notice.tsx';
import { Markdown } from './markdown/markdown.tsx';
import { formatMoment } from './separator.tsx';
import { useWidget } from './widget-context.ts';

/** What the visitor said: plain text, exactly as typed. */
export function Question({ message }: { message: ChatMessage }) {
  const { chat, locale, words } = useWidget();
  const { content, status, error } = message.state.value;
  return (
    <div class={`message user ${status}`} title={formatMoment(message.createdAt, locale.value)}>
      <span class="visually-hidden">{words.value.you}: </span>
      <p class="bubble" dir="auto">
        {content}
      </p>
      {status === 'failed' && error && (
        <ErrorNotice error={error} lead={words.value.notSent} onRetry={() => chat.retryMessage(message)} />
      )}
    </div>
  );
}

/** What the agent said: Markdown, its sources, and what can be done with it. */
export function Answer({ message }: { message: ChatMessage }) {
  const { chat, config, pieces, words } = useWidget();
  const state = message.state.value;
  const { content, status, citations } = state;
  const isUnderWay = status === 'waiting' || status === 'streaming';
  if (isUnderWay && content === '') return null;
  const note = endNote(state, words.value);
  return (
    <div class="message assistant">
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
          onRetry={() => chat.retryMessage(message)}
        />
      )}
      {!isUnderWay && content !== '' && <AnswerActions message={message} />}
    </div>
  );
}

/** Why an answer ends where it does, when that is not its own end. */
function endNote({ status, finishReason }: ChatMessageState, words: Words): string | undefined {
  if (finishReason === 'stopped') return words.stopped;
  if (finishReason === 'length') return words.lengthReached;
  return status === 'partial' ? words.answerCut : undefined;
}
