/**
 * Cuts text into server-sent events, as far as the servers measured here use them: LF line ends, no comments inside.
 *
 * @param {(event: string, data: string) => void} onEvent
 * @returns {(text: string) => void} takes text as the network cut it
 */
export function createEventScanner(onEvent) {
  let buffered = '';
  return (text) => {
    buffered += text;
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
    const data = [];
    for (const line of block.split('\n')) {
      if (line.startsWith('data: ')) data.push(line.slice(6));
      else if (line.startsWith('event: ')) event = line.slice(7);
    }
    if (data.length > 0) onEvent(event, data.join('\n'));
  }
}
