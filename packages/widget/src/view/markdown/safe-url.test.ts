import { expect, test } from 'vitest';
import { findHiddenTarget, findImageAddress, findLinkAddress } from './safe-url.ts';

test.each([
  ['https://a.example/x?y=1#z', 'https://a.example/x?y=1#z'],
  ['HTTP://A.example', 'HTTP://A.example'],
  ['mailto:a@b.example', 'mailto:a@b.example'],
  ['tel:+49301234', 'tel:+49301234'],
  ['https://a.example/ä b', 'https://a.example/%C3%A4%20b'],
  ['https://a.example/%20', 'https://a.example/%20'],
])('a link may lead to %j', (href, address) => {
  expect(findLinkAddress(href)).toBe(address);
});

test.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\tscript:alert(1)',
  'javascript&colon;alert(1)',
  '&#106;avascript:alert(1)',
  '&#x6A;avascript&#58;alert(1)',
  ' javascript:alert(1)',
  '\u0001javascript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'blob:https://a.example/1',
  'file:///etc/passwd',
  'ftp://a.example',
  'intent://a.example',
  '/relative',
  'relative',
  '#hash',
  '//a.example',
  'https:a.example',
  'https:/a.example',
  'https:///a.example',
  'https://',
  'https:\\\\a.example',
  'https://[',
  '',
  'https://a.example/\uD800',
])('a link may not lead to %j', (href) => {
  expect(findLinkAddress(href)).toBeNull();
});

test.each([
  ['https://img.example/a.png', ['img.example'], true],
  ['https://IMG.example/a.png', ['img.example'], true],
  ['https://img.example/a.png', ['IMG.example'], true],
  ['https://a.b.img.example/a.png', ['*.img.example'], true],
  ['https://img.example:8443/a.png', ['img.example:8443'], true],
  ['https://img.example/a.png', [], false],
  ['https://img.example/a.png', ['*.img.example'], false],
  ['https://evilimg.example/a.png', ['*.img.example'], false],
  ['https://img.example.evil.example/a.png', ['img.example'], false],
  ['https://img.example:8443/a.png', ['img.example'], false],
  ['http://img.example/a.png', ['img.example'], false],
  ['https://img.example@evil.example/a.png', ['img.example'], false],
  ['https://user@img.example/a.png', ['img.example'], false],
  ['//img.example/a.png', ['img.example'], false],
  ['data:image/png;base64,AAAA', ['img.example'], false],
  ['/a.png', ['img.example'], false],
])('image %j with hosts %j: %j', (href, hosts, allowed) => {
  expect(findImageAddress(href, hosts)).toBe(allowed ? href : null);
});

test.each([
  ['https://a.example/x', 'https://a.example/x', null],
  ['https://a.example/x', 'a.example/y', null],
  ['https://a.example/x', 'the docs', 'a.example'],
  ['https://evil.example', 'https://bank.example', 'evil.example'],
  ['https://bank.example@evil.example', 'bank.example', 'evil.example'],
  ['https://evil.example', 'bank.example@evil.example', 'evil.example'],
  ['https://a.example:8443/x', 'a.example:8443', null],
  ['https://xn--bnk-6na.example', 'bank.example', 'xn--bnk-6na.example'],
  ['mailto:a@b.example', 'a@b.example', null],
  ['mailto:a@b.example', 'Support', 'a@b.example'],
])('a link to %j named %j hides %j', (address, text, target) => {
  expect(findHiddenTarget(address, text)).toBe(target);
});
