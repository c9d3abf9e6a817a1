import { expect, it } from 'vitest';
import { examineStream, judgeStream, measureStream } from '../../examples/assets/doctor/measure-stream.js';

const events = [
  'event: turn\ndata: {"turn_id":"t"}\n\n',
  'event: message\nid: 1\ndata: Hello\n\n',
  ': keep-alive\n\nevent: message\nid: 2\ndata:  world\n\n',
  'event: done\ndata: {"usage":{"latency_ms":1000}}\n\n',
];

/**
 * @param {string[]} pieces
 * @param {number[]} atMs when each arrives
 */
function measure(pieces, atMs) {
  const left = [...atMs];
  return measureStream(new Response(streamOf(pieces)), () => left.shift() ?? 0);
}

/** @param {string[]} pieces */
function streamOf(pieces) {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
}

it('notes when each event arrived, whole or in several pieces', async () => {
  const whole = { turnAtMs: 10, messageAtMs: [200, 600], doneAtMs: 1010, latencyMs: 1000, fault: null };
  expect(await measure(events, [10, 200, 600, 1010])).toEqual(whole);
  const [turn = '', ...rest] = events;
  expect(await measure([turn.slice(0, 9), turn.slice(9), ...rest], [5, 10, 200, 600, 1010])).toEqual(whole);
});

it('finds an answer that streamed all right', async () => {
  expect(judgeStream(await measure(events, [10, 200, 600, 1010]))).toMatchObject({ level: 'ok' });
});

it('finds one that something on the way has collected', async () => {
  const finding = judgeStream(await measure([events.join('')], [1020]));
  expect(finding.text).toBe(
    'The answer took 1000 ms on the server and arrived within 0 ms: something on the way collects it.',
  );
  expect(finding).toMatchObject({ level: 'error', advice: expect.stringContaining('proxy_buffering off') });
});

it('finds one that something on the way has cut off', async () => {
  expect(judgeStream(await measure(events.slice(0, 2), [10, 200]))).toMatchObject({ level: 'error' });
});

it('passes on what the server says about a fault', async () => {
  const failed = ['event: turn\ndata: {}\n\n', 'event: error\ndata: {"detail":"The model failed."}\n\n'];
  expect(judgeStream(await measure(failed, [1, 2])).text).toBe('The agent did not answer: The model failed.');
});

it('does not judge what was too short', async () => {
  expect(judgeStream({ turnAtMs: 1, messageAtMs: [2], doneAtMs: 3, latencyMs: 40, fault: null }).level).toBe('note');
});

it('asks a second time before it says that an answer was collected', async () => {
  let asked = 0;
  const ask = () => {
    asked += 1;
    return Promise.resolve(new Response(streamOf([events.join('')])));
  };
  expect(await examineStream(ask)).toMatchObject({ level: 'error' });
  expect(asked).toBe(2);
});
