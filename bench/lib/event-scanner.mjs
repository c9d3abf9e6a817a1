/**
 * Cuts text into server-sent events, as far as the servers measured here use them: LF line ends.
 *
 * @param {(event: string, data: string) => void} onEvent
 * @returns {(text: string) => void} takes Latin-1 text as the network cut it; `data` is decoded
 */
export function createEventScanner(onEvent) {
  let buffered = '';
  return (text) => {
    buffered = buffered === '' ? text : buffered + text;
    let start = 0;
    for (let end = buffered.indexOf('\n\n'); end !== -1; end = buffered.indexOf('\n\n', start)) {
      scan(buffered.slice(start, end));
      start = end + 2;
    }
    buffered = buffered.slice(start);
  };

  /** @param {string} block */
  function scan(block) {
    let event = 'message';
    let data = '';
    let isFirst = true;
    for (const line of block.split('\n')) {
      if (line.startsWith('event: ')) event = line.slice(7);
      if (!line.startsWith('data: ')) continue;
      data = isFirst ? line.slice(6) : `${data}\n${line.slice(6)}`;
      isFirst = false;
    }
    if (!isFirst) onEvent(event, decode(data));
  }
}

// oxlint-disable-next-line no-control-regex -- the bytes of characters beyond ASCII
const BEYOND_ASCII = /[^\0-\x7f]/;

/** @param {string} latin1 */
function decode(latin1) {
  return BEYOND_ASCII.test(latin1) ? Buffer.from(latin1, 'latin1').toString() : latin1;
}
