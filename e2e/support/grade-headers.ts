/** One judged header: what it adds to or takes from 100. */
interface Judgement {
  test: string;
  points: number;
}

const broad = ['http:', 'https:', 'ftp:', '*', 'data:', 'blob:'];
const unsafe = [...broad, "'unsafe-inline'"];

/**
 * The rules of MDN's HTTP Observatory, version 1.4.8 (github.com/mdn/mdn-http-observatory, `src/analyzer/tests` and
 * `src/grader/charts.js`, read on 2026-11-29), for an answer over https. Written out because the tool itself scans only
 * hosts with a name, a certificate that is trusted, and the ports 80 and 443. Left out is what the proxy in front does
 * (the redirect from http) and what the browsers' makers keep (the HSTS preload list).
 */
export function gradeHeaders(headers: Headers): { grade: string; judgements: Judgement[] } {
  const judgements = [
    { test: 'content-security-policy', points: judgePolicy(headers.get('content-security-policy')) },
    { test: 'cookies', points: judgeCookies(headers.getSetCookie()) },
    { test: 'cross-origin-resource-sharing', points: judgeSharing(headers) },
    { test: 'cross-origin-resource-policy', points: judgeResourcePolicy(headers.get('cross-origin-resource-policy')) },
    { test: 'referrer-policy', points: judgeReferrer(headers.get('referrer-policy')) },
    { test: 'strict-transport-security', points: judgeTransport(headers.get('strict-transport-security')) },
    { test: 'x-content-type-options', points: headers.get('x-content-type-options') === 'nosniff' ? 0 : -5 },
    { test: 'x-frame-options', points: judgeFraming(headers) },
  ];
  const lost = judgements.reduce((sum, { points }) => sum + Math.min(points, 0), 100);
  const all = judgements.reduce((sum, { points }) => sum + points, 100);
  // What is added counts only for an answer that is good without it.
  const score = lost >= 90 ? all : lost;
  return { grade: score >= 100 ? 'A+' : `${Math.max(score, 0)} of 100`, judgements };
}

function readPolicy(policy: string): Map<string, string[]> {
  const directives = policy.split(';').map((directive) => directive.trim().split(/\s+/));
  return new Map(directives.map(([name = '', ...sources]) => [name.toLowerCase(), sources]));
}

function judgePolicy(header: string | null): number {
  if (!header) return -25;
  const policy = readPolicy(header);
  const sourcesOf = (name: string) => policy.get(name) ?? policy.get('default-src') ?? ['*'];
  const [scripts, objects, styles] = ['script-src', 'object-src', 'style-src'].map(sourcesOf) as [
    string[],
    string[],
    string[],
  ];
  const has = (sources: string[], list: string[]) => sources.some((source) => list.includes(source));
  const isPlain = (source: string) => /^(http|ftp):/.test(source);
  const active = [...policy].filter(([name]) => !/^(img|media)-src$/.test(name)).flatMap(([, sources]) => sources);
  if (has(scripts, unsafe) || has(objects, broad)) return -20;
  if (active.some(isPlain)) return -20;
  if (has([...scripts, ...styles], ["'unsafe-eval'"])) return -10;
  if ([...sourcesOf('img-src'), ...sourcesOf('media-src')].some(isPlain)) return -10;
  if (has(styles, unsafe)) return 0;
  return policy.get('default-src')?.join() === "'none'" ? 10 : 5;
}

function judgeCookies(cookies: string[]): number {
  if (cookies.length === 0) return 0;
  const all = (attribute: RegExp) => cookies.every((cookie) => attribute.test(cookie));
  if (!all(/; secure/i)) return -40;
  if (!all(/; httponly/i)) return -30;
  return all(/; samesite=(strict|lax)/i) ? 5 : 0;
}

function judgeSharing(headers: Headers): number {
  const origin = headers.get('access-control-allow-origin');
  return origin === '*' && headers.get('access-control-allow-credentials') === 'true' ? -50 : 0;
}

function judgeResourcePolicy(policy: string | null): number {
  if (policy === null || policy === 'cross-origin') return 0;
  return policy === 'same-origin' || policy === 'same-site' ? 10 : -5;
}

function judgeReferrer(policy: string | null): number {
  if (policy === null) return 0;
  return ['no-referrer', 'same-origin', 'strict-origin', 'strict-origin-when-cross-origin'].includes(policy) ? 5 : -5;
}

function judgeTransport(header: string | null): number {
  const seconds = Number(/max-age=(\d+)/.exec(header ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(seconds)) return -20;
  return seconds >= 15_768_000 ? 0 : -10;
}

function judgeFraming(headers: Headers): number {
  if (readPolicy(headers.get('content-security-policy') ?? '').has('frame-ancestors')) return 5;
  return /^(deny|sameorigin)$/i.test(headers.get('x-frame-options') ?? '') ? 0 : -20;
}
