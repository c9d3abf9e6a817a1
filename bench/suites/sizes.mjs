import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const widgetFolder = new URL('../../packages/widget/dist/', import.meta.url);

/**
 * What a page loads: the loader at once, the panel when it is wanted.
 *
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function sizes() {
  const files = await findBundles();
  const measured = await Promise.all(files.map(measureFile));
  const total = measured.reduce((sum, { bytes }) => sum.map((value, index) => value + (bytes[index] ?? 0)), [0, 0, 0]);
  return [
    {
      title: 'Bundle sizes',
      columns: ['bytes', 'Brotli 11', 'gzip 9', 'raw'],
      rows: [...measured, { name: 'together', bytes: total }].map(({ name, bytes }) =>
        [name].concat(bytes.map(String)),
      ),
      notes: ['packages/widget/dist, as it was built last.'],
    },
  ];
}

async function findBundles() {
  const names = await readdir(widgetFolder).catch(() => []);
  const bundles = names.filter((name) => name === 'chat-widget.js' || /^panel-.*\.js$/.test(name)).sort();
  if (bundles.length < 2) throw new Error('packages/widget/dist has no chat-widget.js and panel-*.js. Run: pnpm build');
  return bundles;
}

/** @param {string} name */
async function measureFile(name) {
  const content = await readFile(new URL(name, widgetFolder));
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { name, bytes: [brotli.length, gzipSync(content, { level: 9 }).length, content.length] };
}
