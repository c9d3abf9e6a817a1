import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseParser, type SseEvent } from './sse-parser.ts';

const parse = (pieces: string[]): SseEvent[] => {
  const parser = createSseParser();
  return pieces.flatMap((piece) => parser.push(piece));
};
const message = (data: string, lastEventId = ''): SseEvent => ({ event: 'message', data, lastEventId });

test('an event is dispatched at the empty line, with its name, data and id', () => {
  expect(parse(['event: done\nid: 7\ndata: {"a":1}\n\n'])).toEqual([
    { event: 'done', data: '{"a":1}', lastEventId: '7' },
  ]);
});

test('several data lines are joined by line feeds, empty ones included', () => {
  expect(parse(['data: a\ndata:\ndata:  b\n\n'])).toEqual([message('a\n\n b')]);
});

test('exactly one space after the colon is taken away', () => {
  expect(parse(['data:x\n\ndata:  x\n\ndata\n\n'])).toEqual([message('x'), message(' x'), message('')]);
});

test('an id holds for later events until another comes, and never contains NUL', () => {
  expect(parse(['id: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n'])).toEqual([
    message('a', '1'),
    message('b', '1'),
    message('c', '1'),
    message('d', ''),
  ]);
});

test('comments, unknown fields and events without data are skipped', () => {
  expect(parse([': keep-alive\n\nretry: 10\nfoo: bar\n\nevent: ping\n\ndata: x\n\n'])).toEqual([message('x')]);
});

test('a byte order mark is dropped at the start only', () => {
  expect(parse(['\uFEFFdata: \uFEFFa\n\n'])).toEqual([message('\uFEFFa')]);
});

test('an event that is not finished is never dispatched', () => {
  expect(parse(['data: a\n\ndata: b\n'])).toEqual([message('a')]);
});

test('an event past the limit is refused, however it is cut', () => {
  const parser = createSseParser(20);
  parser.push('data: 0123456789\n');
  expect(() => parser.push('data: 0123456789')).toThrow('too large');
});

test('the limit is for one event, not for the stream', () => {
  const parser = createSseParser(20);
  for (let count = 0; count < 10; count++) expect(parser.push('data: 0123456789\n\n')).toHaveLength(1);
});

const transcript = '\uFEFF: hi\nevent: turn\ndata: {}\n\nid: 1\ndata: a 😀\ndata:\ndata: b\n\n: c\nid: 2\ndata:  c\n\n';
const expected = parse([transcript]);

test.each(['\n', '\r', '\r\n'])('lines may end in %j, wherever the stream is cut', (lineEnd) => {
  const text = transcript.replaceAll('\n', lineEnd);
  for (let cut = 0; cut <= text.length; cut++) {
    expect(parse([text.slice(0, cut), text.slice(cut)]), `cut at ${cut}`).toEqual(expected);
  }
  expect(parse(Array.from(text))).toEqual(expected);
});

test('any cutting of any mixture of line ends gives the same events', () => {
  const piece = fc.constantFrom('\n', '\r', '\r\n', 'data: x', 'data', 'id: 3', ':', ' ', 'event: e', '\n\n', 'é');
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(40)), (pieces, cuts) => {
      const text = pieces.join('');
      const points = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
      const cutUp = points.slice(1).map((point, index) => text.slice(points[index], point));
      expect(parse(cutUp)).toEqual(parse([text]));
    }),
  );
});
