import { ChatError } from './errors.ts';

/** One dispatched event of a stream. */
export interface SseEvent {
  /** Event name; `message` when the stream named none. */
  event: string;
  /** The `data:` lines joined by LF. */
  data: string;
  /** The last `id:` seen so far, which may come from an earlier event. Empty when there was none. */
  lastEventId: string;
}

export interface SseParser {
  /**
   * Takes the next piece of decoded text, cut anywhere, and returns the events it completes.
   *
   * @throws ChatError `BAD_RESPONSE` when one event grows past the limit
   */
  push(text: string): SseEvent[];
}

/** Far above any honest event; keeps a broken server from filling the tab's memory. */
const MAX_EVENT_CHARS = 1_000_000;

/**
 * Parser of `text/event-stream` without any I/O, after the WHATWG HTML standard, section 9.2.6: lines end in LF, CR
 * or CRLF, a leading BOM is dropped, an event is dispatched at an empty line, an unfinished last event never is.
 */
export function createSseParser(maxEventChars = MAX_EVENT_CHARS): SseParser {
  let unfinishedLine = '';
  let atStart = true;
  let endedInCr = false;
  let event = '';
  let data: string | undefined;
  let lastEventId = '';
  let eventChars = 0;

  const readField = (line: string) => {
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment.
    if (colon === 0) return;
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1));
    if (field === 'data') data = data === undefined ? value : `${data}\n${value}`;
    else if (field === 'event') event = value;
    else if (field === 'id' && !value.includes('\0')) lastEventId = value;
  };

  const takeEvent = (): SseEvent | undefined => {
    const complete = data === undefined ? undefined : { event: event || 'message', data, lastEventId };
    event = '';
    data = undefined;
    eventChars = 0;
    return complete;
  };

  return {
    push(text) {
      if (text === '') return [];
      const events: SseEvent[] = [];
      // A CR ends its line at once; an LF that opens the next piece then belongs to it.
      let from = (atStart && text[0] === '\uFEFF') || (endedInCr && text[0] === '\n') ? 1 : 0;
      atStart = false;
      endedInCr = text.endsWith('\r');
      for (const { 0: lineEnd, index } of text.matchAll(/\r\n|\n|\r/g)) {
        if (index < from) continue;
        const line = unfinishedLine + text.slice(from, index);
        unfinishedLine = '';
        from = index + lineEnd.length;
        if (line !== '') readField(line);
        else {
          const complete = takeEvent();
          if (complete) events.push(complete);
        }
        assertBelow((eventChars += line.length));
      }
      unfinishedLine += text.slice(from);
      assertBelow(eventChars + unfinishedLine.length);
      return events;
    },
  };

  function assertBelow(chars: number) {
    if (chars > maxEventChars) throw new ChatError('BAD_RESPONSE', { detail: 'An event of the stream is too large.' });
  }
}
