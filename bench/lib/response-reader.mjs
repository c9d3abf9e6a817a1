/**
 * @typedef {object} ResponseHead
 * @property {number} status
 * @property {(name: string) => string | undefined} header
 */

/**
 * Reads one HTTP/1.1 response, chunked or of known length. Text is Latin-1 throughout: each character is a byte.
 *
 * @param {(text: string) => void} onText
 * @param {(head: ResponseHead) => void} onEnd
 */
export function createResponseReader(onText, onEnd) {
  let buffered = '';
  /** @type {ResponseHead | null} */
  let head = null;
  /** Of the body, or of the chunk under way with its line end; null: a chunk's size comes next. */
  let missing = /** @type {number | null} */ (null);
  let chunked = false;

  return { read };

  /** @param {string} text */
  function read(text) {
    buffered = buffered === '' ? text : buffered + text;
    if (!head && !readHead()) return;
    while (step());
  }

  function readHead() {
    const end = buffered.indexOf('\r\n\r\n');
    if (end === -1) return false;
    const lines = buffered.slice(0, end).split('\r\n');
    const headers = new Map(
      lines.slice(1).map((line) => [line.split(':', 1)[0]?.toLowerCase(), line.replace(/^[^:]*: */, '')]),
    );
    head = { status: Number(lines[0]?.split(' ')[1]), header: (name) => headers.get(name) };
    chunked = headers.get('transfer-encoding') === 'chunked';
    missing = chunked ? null : Number(headers.get('content-length') ?? 0);
    buffered = buffered.slice(end + 4);
    return true;
  }

  /** Whether there may be more to do. */
  function step() {
    if (!head) return false;
    if (missing === null) {
      const end = buffered.indexOf('\r\n');
      if (end === -1) return false;
      missing = Number.parseInt(buffered.slice(0, end), 16) + 2;
      buffered = buffered.slice(end + 2);
    }
    if (buffered.length < missing) return false;
    const isEnd = !chunked || missing === 2;
    const text = buffered.slice(0, chunked ? missing - 2 : missing);
    buffered = buffered.slice(missing);
    missing = null;
    if (text !== '') onText(text);
    if (isEnd) finish(head);
    return !isEnd;
  }

  /** @param {ResponseHead} ended */
  function finish(ended) {
    head = null;
    onEnd(ended);
  }
}
