import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../shared-types/fixtures/provider-sse/', import.meta.url);

/** What is known to be true of a recorded stream. */
export interface RecordingFacts {
  file: string;
  model: string;
  text_len: number;
  text_sha256: string;
  reasoning_len: number;
  finish_reason: string;
  input_tokens: number;
  cached_input_tokens: number;
  reasoning_tokens: number;
  billable_output_tokens: number;
}

/** How a recording is put on the wire. */
export interface WireStyle {
  /** Default: LF. */
  lineEnd?: '\n' | '\r\n' | '\r';
  /** Whether the body begins with a byte order mark. */
  byteOrderMark?: boolean;
  /** Whether a comment line precedes every event, as OpenRouter keeps connections awake. */
  comments?: boolean;
  /** Whether each chunk is spread over several `data:` lines. */
  manyDataLines?: boolean;
  /** Default: true. */
  done?: boolean;
  /** Whether the last line lacks its line end, and so its blank line. */
  openEnd?: boolean;
}

/** The facts of every recorded stream. */
export function listRecordings(): RecordingFacts[] {
  const { records } = JSON.parse(readFileSync(new URL('expected.json', FOLDER), 'utf8')) as {
    records: RecordingFacts[];
  };
  return records;
}

/** A recorded stream as server-sent events. */
export function encodeRecording(file: string, style: WireStyle = {}): Buffer {
  const { lineEnd = '\n', byteOrderMark = false, comments = false, done = true, openEnd = false } = style;
  const chunks = readFileSync(new URL(file, FOLDER), 'utf8').split('\n').filter(Boolean);
  if (done) chunks.push('[DONE]');
  const events = chunks.map((chunk) => {
    // A comma between two keys is a place where JSON may be broken into lines.
    const lines = style.manyDataLines ? chunk.replace(/,"/, ',\n"').split('\n') : [chunk];
    const data = lines.map((line) => `data: ${line}${lineEnd}`).join('');
    return `${comments ? `: PROCESSING${lineEnd}` : ''}${data}${lineEnd}`;
  });
  const text = `${byteOrderMark ? '\u{feff}' : ''}${events.join('')}`;
  return Buffer.from(openEnd ? text.slice(0, -2 * lineEnd.length) : text);
}
