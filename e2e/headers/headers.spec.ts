import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CspEvaluator } from 'csp_evaluator';
import { Severity } from 'csp_evaluator/dist/finding.js';
import { CspParser } from 'csp_evaluator/dist/parser.js';
import { gradeHeaders } from '../support/grade-headers.ts';
import { expect, test } from '../support/web-test.ts';

const examples = fileURLToPath(new URL('../../examples', import.meta.url));
const pagesIn = (folder: string) =>
  readdirSync(`${examples}/${folder}`)
    .filter((file) => file.endsWith('.html') && !/^(index|404)\.html$/.test(file))
    .map((file) => `/demo/${folder}${file.replace(/\.html$/, '')}`);

/** Address and status of every page that a browser can be shown, and of the errors that stand in for one. */
const pages = [
  ['/', 302],
  ['/demo/', 200],
  ...[...pagesIn(''), ...pagesIn('scenes/')].map((address) => [address, 200] as const),
  ['/demo/EMBEDDING-GUIDE.md', 200],
  ['/demo/nowhere', 404],
  ['/docs', 200],
  ['/iframe-wrapper.html', 200],
  ['/iframe-wrapper.html?account=acme&agent=acme_chat1&mode=page', 200],
  ['/v1/iframe-wrapper.html', 200],
  ['/nowhere', 404],
  ['/accounts/acme/agents/nobody/config', 404],
  ['/accounts/acme/agents/acme_chat1/history?limit=wrong', 422],
  ['/accounts/acme/agents/acme_chat1/chat', 405],
] as const;

for (const [address, status] of pages) {
  test(`${address} has the grade A+, and csp_evaluator finds nothing high in its policy (L9)`, async ({
    production,
  }) => {
    const response = await fetch(production.url + address, {
      headers: { 'X-Forwarded-Proto': 'https' },
      redirect: 'manual',
    });
    expect(response.status).toBe(status);
    const { grade, judgements } = gradeHeaders(response.headers);
    expect(grade, JSON.stringify(judgements)).toBe('A+');

    const policy = response.headers.get('content-security-policy') ?? '';
    const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
    const high = findings.filter(({ severity }) => [Severity.HIGH, Severity.SYNTAX].includes(severity));
    expect(high.map(({ directive, description }) => `${directive}: ${description}`)).toEqual([]);
  });
}

test('the grade falls with each header that is taken away or loosened', () => {
  const good = {
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
  };
  const gradeOf = (changed: Partial<Record<keyof typeof good | 'set-cookie', string>>) => {
    const headers = Object.entries({ ...good, ...changed }).filter(([, value]) => value !== '');
    return gradeHeaders(new Headers(headers)).grade;
  };
  expect(gradeOf({})).toBe('A+');
  for (const changed of [
    { 'content-security-policy': '' },
    { 'content-security-policy': "default-src 'none'; script-src 'unsafe-inline'; frame-ancestors 'none'" },
    { 'content-security-policy': "default-src 'none'; script-src https:; frame-ancestors 'none'" },
    { 'content-security-policy': "script-src 'self'; frame-ancestors 'none'" },
    { 'strict-transport-security': '' },
    { 'strict-transport-security': 'max-age=3600', 'referrer-policy': 'unsafe-url', 'x-content-type-options': '' },
    { 'set-cookie': 'a=1; HttpOnly' },
    { 'set-cookie': 'a=1; Secure' },
  ]) {
    expect([changed, gradeOf(changed)]).toEqual([changed, expect.not.stringMatching(/^A\+$/)]);
  }
});
