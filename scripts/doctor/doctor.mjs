import { parseArgs } from 'node:util';
import { ExplainedError } from '../toolchain/explained-error.mjs';
import { examinePage } from './examine-page.mjs';
import { formatFindings } from './format-findings.mjs';

const options = /** @type {const} */ ({
  tag: { type: 'string' },
  question: { type: 'boolean', default: true },
  json: { type: 'boolean', default: false },
});

/**
 * `salient doctor <page>`: examines how a page has embedded Salient, from this machine, and says what to do.
 *
 * @param {string[]} given arguments
 * @returns {Promise<number>} exit code: 0 when visitors get the chat, 1 when not, 2 when nothing could be examined
 */
export async function doctor(given) {
  try {
    const { values, positionals } = parseArgs({ args: given, options, allowPositionals: true, allowNegative: true });
    const page = readAddress(positionals);
    const findings = await examinePage(page, { tag: values.tag, asksQuestion: values.question });
    console.log(values.json ? JSON.stringify(findings, null, 2) : formatFindings(page.href, findings));
    return findings.some(({ level }) => level === 'error') ? 1 : 0;
  } catch (error) {
    console.error(error instanceof ExplainedError || error instanceof TypeError ? error.message : error);
    return 2;
  }
}

/** @param {string[]} positionals */
function readAddress([address, ...others]) {
  const page = URL.canParse(address ?? '') ? new URL(address ?? '') : null;
  if (!page || !/^https?:$/.test(page.protocol) || others.length > 0) {
    throw new ExplainedError('Give the address of one page: pnpm salient doctor https://www.example.com/');
  }
  return page;
}
