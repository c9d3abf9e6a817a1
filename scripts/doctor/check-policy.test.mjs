import { expect, it } from 'vitest';
import { checkPolicy } from '../../examples/assets/doctor/check-policy.js';
import { findInstallations } from '../../examples/assets/doctor/find-installations.js';
import { readElements } from '../../examples/assets/doctor/read-elements.js';

const server = 'https://chat.example.com';
const page = 'https://www.example.com/';

/**
 * @param {string | string[]} policy
 * @param {string} html
 */
function examine(policy, html = `<script nonce="n0" src="${server}/chat-widget.js"></script>`) {
  const [installation] = findInstallations(readElements(html), page).installations;
  if (!installation) throw new Error('not found');
  return checkPolicy([policy].flat(), installation, page).map(({ level, text }) => `${level} ${text}`);
}

const allowed = ['ok The Content-Security-Policy allows the chat.'];
const noScript = `error The Content-Security-Policy does not allow ${server} in script-src.`;
const noConnect = `error The Content-Security-Policy does not allow ${server} in connect-src.`;

it.each([
  `script-src 'self' ${server}; connect-src ${server}`,
  `default-src https:`,
  `default-src 'none'; script-src-elem https://*.example.com; connect-src chat.example.com`,
  `script-src ${server}/chat-widget.js ${server}/; connect-src ${server}:443`,
  `script-src http://chat.example.com; connect-src *`,
  `img-src 'self'`,
  `script-src 'nonce-n0' 'strict-dynamic'; connect-src ${server}`,
])('sees that %j lets the chat run', (policy) => {
  expect(examine(policy)).toEqual(allowed);
});

it.each([
  [`script-src 'self'; connect-src ${server}`, [noScript]],
  [`script-src ${server}; connect-src 'self'`, [noConnect]],
  [`default-src 'self'`, [noScript, noConnect]],
  [`default-src 'none'; script-src ${server}`, [noConnect]],
  [`script-src https://chat.example.com:8443; connect-src https://example.com`, [noScript, noConnect]],
  [`script-src https://*.chat.example.com ${server}/other/; connect-src ${server}`, [noScript]],
  [`script-src ${server} 'strict-dynamic' 'nonce-other'; connect-src ${server}`, [noScript]],
])('sees that %j does not', (policy, expected) => {
  expect(examine(policy)).toEqual(expected);
});

it('holds the chat against each of several policies', () => {
  expect(examine([`script-src ${server}`, `connect-src 'self', script-src 'self'`])).toEqual([noScript, noConnect]);
});

it('asks an iframe for frame-src only', () => {
  const html = '<iframe src="/salient-chat.html" title="Chat"></iframe>';
  expect(examine("default-src 'self'", html)).toEqual(allowed);
  expect(examine("default-src 'self'; frame-src 'none'", html)[0]).toContain('in frame-src');
});

it('says when there is no policy at all', () => {
  expect(examine(['', ''])).toEqual(['note The page has no Content-Security-Policy.']);
});
