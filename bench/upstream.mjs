// A model provider that costs as little as possible: OpenAI's chat-completions wire on bare sockets, answers by model name
// (lib/model.mjs). Tells the bench when a client closes its connection in the middle of an answer.
import { createServer } from 'node:net';
import { nowUs } from './lib/clock.mjs';
import { createScript, RESPONSE_END, RESPONSE_HEAD } from './lib/completion-frames.mjs';
import { createPacer } from './lib/create-pacer.mjs';
import { readRequests } from './lib/read-requests.mjs';
import { serveUntilKilled } from './lib/serve-until-killed.mjs';

/** @type {Map<string, import('./lib/completion-frames.mjs').Script>} */
const scripts = new Map();
const pace = createPacer();

serveUntilKilled(
  createServer({ noDelay: true }, (socket) => {
    let answering = 0;
    readRequests(socket, (body) => {
      const script = scriptOf(JSON.parse(body).model);
      let index = 0;
      answering += 1;
      const step = () => {
        if (socket.destroyed) return false;
        const isLast = index === script.length - 1;
        socket.write(`${index === 0 ? RESPONSE_HEAD : ''}${script.frame(index)}${isLast ? RESPONSE_END : ''}`);
        index += 1;
        if (isLast) answering -= 1;
        return !isLast;
      };
      pace({ pauseMs: script.pauseMs, step });
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (answering > 0) process.send?.({ type: 'cut', atUs: nowUs() });
    });
  }),
);

/** @param {string} name */
function scriptOf(name) {
  const script = scripts.get(name) ?? createScript(name);
  scripts.set(name, script);
  return script;
}
