import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Request, RequestHandler } from 'express';
import type { Logger } from '../log.ts';

/** Which proxies stand in front of the server, and where they write whom they serve. */
export interface TrustedProxies {
  /** How many there are, one behind the other; or their addresses and networks, such as `10.0.0.0/8`. */
  trusted: number | readonly string[];
  header: 'x-forwarded-for' | 'forwarded';
}

const addresses = new WeakMap<Request, string>();

/** Where a request comes from, as far as it can be believed: IPv4, or IPv6 in its shortest form (RFC 5952). */
export function clientAddressOf(req: Request): string {
  const address = addresses.get(req);
  if (address === undefined) throw new Error('request without an address');
  return address;
}

/**
 * Finds out where each request comes from: from the connection, or from what trusted proxies wrote. Each of them adds on
 * the right the address it was called from, so the rightmost one that no trusted proxy has is the client's; everything to
 * the left of it is whatever the client liked to send.
 */
export function rememberClientAddress(proxies: TrustedProxies, log: Logger): RequestHandler {
  const findClient = createFindClient(proxies.trusted);
  let hasWarned = false;
  return (req, _res, next) => {
    const forwarded = req.get(proxies.header) ?? '';
    const hops = proxies.header === 'forwarded' ? parseForwarded(forwarded) : forwarded.split(',').map(parseNode);
    const doubt = hasWarned ? null : doubtOf(proxies.trusted, forwarded === '' ? 0 : hops.length);
    if (doubt !== null) log.warn(`http.trusted_proxies: ${doubt}`);
    hasWarned ||= doubt !== null;
    addresses.set(req, findClient([parseNode(req.socket.remoteAddress ?? '') ?? 'unknown', ...hops.toReversed()]));
    next();
  };
}

/** What is wrong with the setting, as far as a request shows. Anybody can send a header, so it is said once and no more. */
function doubtOf(trusted: TrustedProxies['trusted'], hops: number): string | null {
  if (trusted === 0 && hops > 0) return 'requests come through a proxy that is not trusted; its visitors count as one';
  if (typeof trusted === 'number' && hops > 0 && hops < trusted)
    return 'a request came through fewer proxies than it says';
  return null;
}

/** Whoever may have many addresses counts as one: IPv6 is given out by the /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = address.split('::');
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = address.includes('::') ? 8 - before.length - after.length : 0;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

/** Takes the hops from the server outwards; what could not be read is null. */
function createFindClient(trusted: TrustedProxies['trusted']): (hops: readonly (string | null)[]) => string {
  const isTrusted = typeof trusted === 'number' ? (_: string, index: number) => index < trusted : isOneOf(trusted);
  return (hops) => {
    let client = 'unknown';
    for (const [index, address] of hops.entries()) {
      // Then it is the proxy which vouched for that who is counted.
      if (address === null) return client;
      client = address;
      if (!isTrusted(address, index)) return client;
    }
    return client;
  };
}

function isOneOf(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** The `for` of each element, in order (RFC 7239, section 4). */
function parseForwarded(header: string): (string | null)[] {
  return splitOutsideQuotes(header, ',').map((element) => {
    const pairs = splitOutsideQuotes(element, ';').map((pair) => /^\s*for\s*=\s*(.*?)\s*$/i.exec(pair)?.[1]);
    const node = pairs.find((value) => value !== undefined) ?? '';
    return parseNode(node.replace(/^"(.*)"$/, '$1').replaceAll(/\\(.)/g, '$1'));
  });
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = [''];
  let isQuoted = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (character === '"') isQuoted = !isQuoted;
    if (character === separator && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character === '\\' && isQuoted ? character + text.charAt((index += 1)) : character;
  }
  return parts;
}

/** An address with or without its port, in the form in which equal ones are equal texts. Null for anything else. */
function parseNode(text: string): string | null {
  const node = text.trim();
  const bare = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(node)?.[1] ?? /^([^:]*):\d{1,5}$/.exec(node)?.[1] ?? node;
  const withoutZone = bare.replace(/%.*$/, '');
  if (isIP(withoutZone) === 4) return withoutZone;
  if (isIP(withoutZone) !== 6) return null;
  const shortest = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(shortest);
  return mapped ? toIPv4(mapped[1] ?? '', mapped[2] ?? '') : shortest;
}

/** An IPv4 client of a socket that listens for both (RFC 4291, section 2.5.5.2). */
function toIPv4(high: string, low: string): string {
  const [first, second] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [first >> 8, first & 255, second >> 8, second & 255].join('.');
}
