// A model provider that costs as little as possible: OpenAI's chat-completions wire, answers by model name (lib/model.mjs).
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { setImmediate as nextLoop, setTimeout as wait } from 'node:timers/promises';
import { parseModel, PROMPT_TOKENS } from './lib/model.mjs';
import { serveUntilKilled } from './lib/serve-until-killed.mjs';

/** @type {Map<string, { frames: Buffer[], pauseMs: number }>} */
const scripts = new Map();

serveUntilKilled(createServer(answer));

/** @type {import('node:http').RequestListener} */
async function answer(req, res) {
  const { model } = JSON.parse(await text(req));
  const { frames, pauseMs } = scriptOf(model);
  res.writeHead(200, { 'Content-Type': 'text/event-stream' });
  const startedAt = performance.now();
  for (const [index, frame] of frames.entries()) {
    if (res.destroyed) return;
    // Against the start, so that late timers do not add up. Without a pause each token is still a write of its own: Node
    // joins those of one turn of its loop.
    if (pauseMs > 0) await wait(Math.max(0, startedAt + index * pauseMs - performance.now()));
    else if (index > 0) await nextLoop();
    res.write(frame);
  }
  res.end();
}

/** @param {string} name */
function scriptOf(name) {
  const known = scripts.get(name);
  if (known) return known;
  const { pieces, pauseMs } = parseModel(name);
  const script = { frames: pieces.map((piece, index) => frameOf(name, pieces, piece, index)), pauseMs };
  scripts.set(name, script);
  return script;
}

/**
 * The bytes of one token. The last one brings everything that closes an answer.
 *
 * @param {string} model
 * @param {string[]} pieces
 * @param {string} piece
 * @param {number} index
 */
function frameOf(model, pieces, piece, index) {
  const head = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_767_225_600, model };
  const delta = index === 0 ? { role: 'assistant', content: piece } : { content: piece };
  const chunks = [{ ...head, choices: [{ index: 0, delta, finish_reason: null }] }];
  if (index < pieces.length - 1) return Buffer.from(chunks.map(formatEvent).join(''));

  const [prompt_tokens, completion_tokens] = [PROMPT_TOKENS, pieces.length];
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  const closing = [
    ...chunks,
    { ...head, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { ...head, choices: [], usage },
  ];
  return Buffer.from(`${closing.map(formatEvent).join('')}data: [DONE]\n\n`);
}

/** @param {object} chunk */
function formatEvent(chunk) {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
