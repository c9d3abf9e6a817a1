import { asRecord } from './as-record.ts';
import type { ModelCompletion } from './model-provider.ts';
import { parseUsage } from './parse-usage.ts';

/** What one JSON object of a chat-completions reply says, reduced to what an answer needs. */
export interface ChatChunk {
  /** Answer text; never reasoning. */
  text: string;
  /** Whether the model was heard thinking. */
  hasReasoning: boolean;
  finishReason: string | null;
  /** Null when the chunk has none, or one that cannot be read. */
  usage: ModelCompletion['usage'];
  model: string | null;
  id: string | null;
  /** The provider's error, without its words: they may quote the prompt. */
  fault: { status: number | null } | null;
}

/** Names are stored; a provider that sends a novel instead has no name. */
const MAX_NAME_LENGTH = 200;

/**
 * Reads one chunk of a stream, or one whole reply.
 *
 * @param source where the text is: `delta` in a stream (Perplexity repeats the whole in `message`), `message` in a reply
 * @throws {SyntaxError} when `json` is no JSON, or no object
 */
export function parseChatChunk(json: string, source: 'delta' | 'message'): ChatChunk {
  const value: unknown = JSON.parse(json);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  const chunk = asRecord(value);
  const choice = firstChoice(chunk['choices']);
  const message = asRecord(choice[source]);
  const error = chunk['error'] ?? choice['error'];
  const failed = Boolean(error) || choice['finish_reason'] === 'error';

  return {
    text: readContent(message['content']),
    hasReasoning: Boolean(message['reasoning_content'] ?? message['reasoning']) || Array.isArray(message['content']),
    finishReason: readName(choice['finish_reason']),
    usage: findUsage(chunk, choice),
    model: readName(chunk['model']),
    id: readName(chunk['id']),
    fault: failed ? { status: readStatus(asRecord(error)) } : null,
  };
}

/** We ask for one choice; a provider that sends more is read at index 0. */
function firstChoice(choices: unknown): Readonly<Record<string, unknown>> {
  if (!Array.isArray(choices)) return {};
  return asRecord(choices.find((choice) => (asRecord(choice)['index'] ?? 0) === 0));
}

/** A string, or parts (Mistral), of which only those of type `text` are answer. */
function readContent(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map(readPart).join('');
}

function readPart(part: unknown): string {
  if (typeof part === 'string') return part;
  const { type = 'text', text } = asRecord(part);
  return type === 'text' && typeof text === 'string' ? text : '';
}

/** OpenAI: on the chunk. Groq: under `x_groq`. Moonshot: also on the choice. */
function findUsage(
  chunk: Readonly<Record<string, unknown>>,
  choice: Readonly<Record<string, unknown>>,
): ModelCompletion['usage'] {
  return readUsage(chunk['usage']) ?? readUsage(asRecord(chunk['x_groq'])['usage']) ?? readUsage(choice['usage']);
}

function readUsage(usage: unknown): ModelCompletion['usage'] {
  return usage ? parseUsage(usage) : null;
}

function readName(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= MAX_NAME_LENGTH ? value : null;
}

function readStatus(error: Readonly<Record<string, unknown>>): number | null {
  const status = Number(error['code'] ?? error['status']);
  return status >= 400 && status <= 599 ? status : null;
}
