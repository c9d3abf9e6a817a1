import type { ModelCompletion } from './model-provider.ts';
import { parseChatChunk } from './parse-chat-chunk.ts';

const MAX_ANSWER_BYTES = 1024 * 1024;

/** Why a reply cannot be read further. */
export interface ReplyFault {
  kind: 'malformed' | 'reported';
  /** What happened, to follow the provider's name. */
  what: string;
  /** The HTTP status the provider put into its error, if any. */
  status: number | null;
}

/** A reply as far as it has been read. After a fault nothing more is taken. */
export interface ChatReply {
  /** Takes one JSON object of the reply; `source` as in `parseChatChunk`. */
  take(json: string, source: 'delta' | 'message'): void;
  /** Gives the answer text taken since the last call. `last`: no more will come, so nothing is held back. */
  takeText(last: boolean): string;
  fail(kind: ReplyFault['kind'], what: string, status?: number | null): void;
  readonly fault: ReplyFault | null;
  /** Grows with everything the model was heard saying, reasoning too. */
  readonly heard: number;
  /** Whether the provider said why the answer ended: the text is whole, usage may follow. */
  readonly finished: boolean;
  /** Whether any answer text was taken. */
  readonly hasText: boolean;
  readonly usage: ModelCompletion['usage'];
  readonly modelAnswered: string | null;
  toCompletion(): ModelCompletion;
}

export function createChatReply(): ChatReply {
  let text = '';
  let answerBytes = 0;
  let fault: ReplyFault | null = null;
  let heard = 0;
  let finishReason: string | null = null;
  let usage: ModelCompletion['usage'] = null;
  let modelAnswered: string | null = null;
  let responseId: string | null = null;

  function fail(kind: ReplyFault['kind'], what: string, status: number | null = null): void {
    fault ??= { kind, what, status };
  }

  return {
    take(json, source) {
      const chunk = parseChatChunk(json, source);
      if (fault) return;
      // Perplexity counts up on every chunk, so the last usage is the bill.
      if (chunk.usage) usage = { ...usage, ...chunk.usage };
      modelAnswered ??= chunk.model;
      responseId ??= chunk.id;
      if (chunk.text !== '' || chunk.hasReasoning) heard += 1;
      text += chunk.text;
      if (chunk.fault) fail('reported', 'reported an error in its answer', chunk.fault.status);
      else finishReason = chunk.finishReason ?? finishReason;
      // A whole message is whole by being valid JSON; small servers give no reason.
      if (source === 'message' && chunk.text !== '') finishReason ??= 'stop';
    },
    takeText(last) {
      // Half an emoji waits for its other half: alone it could be neither sent nor stored.
      const end = !last && endsInHighSurrogate(text) ? text.length - 1 : text.length;
      const taken = toStorableText(text.slice(0, end));
      text = text.slice(end);
      answerBytes += Buffer.byteLength(taken);
      if (answerBytes <= MAX_ANSWER_BYTES) return taken;
      fail('malformed', 'sent an answer that is too long');
      return '';
    },
    fail,
    get fault() {
      return fault;
    },
    get heard() {
      return heard;
    },
    get finished() {
      return finishReason !== null;
    },
    get hasText() {
      return answerBytes > 0;
    },
    get usage() {
      return usage;
    },
    get modelAnswered() {
      return modelAnswered;
    },
    toCompletion: () => ({
      finishReason: finishReason === 'length' ? 'length' : 'stop',
      modelAnswered,
      responseId,
      usage,
      citations: null,
    }),
  };
}

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

// Most text is plain; it passes without a copy.
// oxlint-disable-next-line no-control-regex -- NUL is one of the two that are looked for
const SUSPECT = /[\0\ud800-\udfff]/;

/** What UTF-8 and PostgreSQL's text can hold: no NUL, no lone surrogate. */
function toStorableText(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\u{fffd}');
}
