// Preloaded into every program the bench starts. Sent `{type: 'memory'}`, it collects garbage and answers with what is left,
// as `{type: 'memory', rssKiB, heapKiB}`.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

process.on('message', (/** @type {{ type?: string }} */ { type }) => {
  if (type !== 'memory') return;
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc');
  // What the first round finalizes, the second one frees.
  collect();
  setImmediate(() => {
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    process.send?.({ type: 'memory', rssKiB: rss / 1024, heapKiB: (heapUsed + external) / 1024 });
  });
});
