import { readdir, readFile } from 'node:fs/promises';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const widgetFolder = new URL('../../packages/widget/dist/', import.meta.url);

/** The files of the widget, in the order in which a page comes to need them. */
const STAGES = [
  { when: 'with the page', name: /^chat-widget\.js$/ },
  { when: 'with intent', name: /^panel-/ },
  { when: 'with a conversation', name: /^conversation-/ },
  { when: 'with the first answer', name: /^answer-reader-/ },
  { when: 'with the first code', name: /^highlight-code-/ },
  { when: 'with the first raw HTML', name: /^read-raw-html-/ },
];

/**
 * What a page loads, and when. Files of no stage (languages) are listed after them.
 *
 * @returns {Promise<import('../lib/format-table.mjs').Table[]>}
 */
export async function sizes() {
  const names = (await readdir(widgetFolder).catch(() => [])).filter((name) => name.endsWith('.js')).sort();
  const stageOf = (/** @type {string} */ name) => STAGES.findIndex((stage) => stage.name.test(name));
  if (stageOf(names.find((name) => name === 'chat-widget.js') ?? '') < 0) {
    throw new Error('packages/widget/dist has no chat-widget.js. Run: pnpm build');
  }
  const staged = STAGES.flatMap(({ when, name }) =>
    names.filter((each) => name.test(each)).map((file) => ({ when, file })),
  );
  const others = names.filter((name) => stageOf(name) < 0).map((file) => ({ when: 'on demand', file }));
  const rows = [];
  let together = 0;
  for (const { when, file } of [...staged, ...others]) {
    const [brotli, gzip, raw] = await measureFile(file);
    together += when === 'on demand' ? 0 : brotli;
    rows.push([file, when, String(brotli), when === 'on demand' ? '' : String(together), String(gzip), String(raw)]);
  }
  return [
    {
      title: 'Bundle sizes',
      columns: ['bytes', 'when', 'Brotli 11', 'so far', 'gzip 9', 'raw'],
      rows,
      notes: ['packages/widget/dist, as it was built last. The panel is usable after the second file.'],
    },
  ];
}

/**
 * @param {string} name
 * @returns {Promise<[brotli: number, gzip: number, raw: number]>}
 */
async function measureFile(name) {
  const content = await readFile(new URL(name, widgetFolder));
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return [brotli.length, gzipSync(content, { level: 9 }).length, content.length];
}
