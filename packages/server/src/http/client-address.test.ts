import type { Request, Response } from 'express';
import { describe, expect, it } from 'vitest';
import { createLog } from '../log.ts';
import { clientAddressOf, networkOf, rememberClientAddress, type TrustedProxies } from './client-address.ts';

/** Where a request over a connection from `peer` with these headers comes from. */
function addressOf(trusted: TrustedProxies['trusted'], peer: string | undefined, headers: Record<string, string> = {}) {
  const header = 'forwarded' in headers && !('x-forwarded-for' in headers) ? 'forwarded' : 'x-forwarded-for';
  return addressBy({ trusted, header }, peer, headers);
}

function addressBy(proxies: TrustedProxies, peer: string | undefined, headers: Record<string, string>): string {
  const req = requestFrom(peer, headers);
  rememberClientAddress(proxies, createLog('silent'))(req, {} as Response, () => {});
  return clientAddressOf(req);
}

function requestFrom(peer: string | undefined, headers: Record<string, string>): Request {
  return { socket: { remoteAddress: peer }, get: (name: string) => headers[name] } as unknown as Request;
}

const FORGED = '203.0.113.66';

describe('without a trusted proxy (L2)', () => {
  it.each(['x-forwarded-for', 'x-real-ip', 'forwarded'])('%s says nothing', (name) => {
    const value = name === 'forwarded' ? `for=${FORGED}` : FORGED;
    expect(addressOf(0, '198.51.100.1', { [name]: value })).toBe('198.51.100.1');
    expect(addressOf([], '198.51.100.1', { [name]: value })).toBe('198.51.100.1');
  });
});

describe('behind a number of proxies (L2)', () => {
  it('counts whom the outermost of them was called by, not what was written before', () => {
    expect(addressOf(1, '10.0.0.1', { 'x-forwarded-for': `${FORGED}, 198.51.100.1` })).toBe('198.51.100.1');
    expect(addressOf(2, '10.0.0.1', { 'x-forwarded-for': `${FORGED}, 198.51.100.1, 10.0.0.2` })).toBe('198.51.100.1');
  });

  it('counts a proxy when the number is too small: no gain, though its clients are one', () => {
    expect(addressOf(1, '10.0.0.1', { 'x-forwarded-for': `${FORGED}, 198.51.100.1, 10.0.0.2` })).toBe('10.0.0.2');
  });

  it('counts whoever connects where nothing was forwarded', () => {
    expect(addressOf(1, '198.51.100.1')).toBe('198.51.100.1');
    expect(addressOf(2, '10.0.0.1', { 'x-forwarded-for': '198.51.100.1' })).toBe('198.51.100.1');
  });

  it('does not hear the header that its proxies do not write', () => {
    const headers = { 'x-forwarded-for': '198.51.100.1', forwarded: `for=${FORGED}`, 'x-real-ip': FORGED };
    expect(addressBy({ trusted: 1, header: 'x-forwarded-for' }, '10.0.0.1', headers)).toBe('198.51.100.1');
    const other = { 'x-forwarded-for': FORGED, forwarded: 'for=198.51.100.1', 'x-real-ip': FORGED };
    expect(addressBy({ trusted: 1, header: 'forwarded' }, '10.0.0.1', other)).toBe('198.51.100.1');
  });

  it('does not merge the clients of one proxy', () => {
    const clients = ['198.51.100.1', '198.51.100.2', '2001:db8::1'];
    expect(clients.map((client) => addressOf(1, '10.0.0.1', { 'x-forwarded-for': client }))).toEqual(clients);
  });

  it('works over a socket of the file system, which has no address', () => {
    expect(addressOf(1, undefined, { 'x-forwarded-for': '198.51.100.1' })).toBe('198.51.100.1');
  });
});

describe('behind proxies known by address (L2)', () => {
  const known = ['10.0.0.0/8', '192.0.2.7', 'fd00::/8'];

  it.each([
    ['one', '10.0.0.1', `${FORGED}, 198.51.100.1`],
    ['two', '10.0.0.1', `${FORGED}, 198.51.100.1, 192.0.2.7`],
    ['one with IPv6', 'fd00::5', `${FORGED}, 198.51.100.1`],
    ['one on a socket for both families', '::ffff:10.0.0.1', `${FORGED}, 198.51.100.1`],
  ])('%s: the rightmost address that none of them has', (_name, peer, forwarded) => {
    expect(addressOf(known, peer, { 'x-forwarded-for': forwarded })).toBe('198.51.100.1');
  });

  it('does not listen to whoever comes past them', () => {
    expect(addressOf(known, '198.51.100.9', { 'x-forwarded-for': '10.0.0.1' })).toBe('198.51.100.9');
  });

  it('counts the first hop where every hop is one of them', () => {
    expect(addressOf(known, '10.0.0.1', { 'x-forwarded-for': '10.9.9.9, 10.0.0.2' })).toBe('10.9.9.9');
  });
});

describe('what proxies write', () => {
  it.each([
    ['198.51.100.1:4711', '198.51.100.1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:198.51.100.1', '198.51.100.1'],
    ['::ffff:c633:6401', '198.51.100.1'],
  ])('%s is %s', (written, address) => {
    expect(addressOf(1, '10.0.0.1', { 'x-forwarded-for': `${FORGED}, ${written}` })).toBe(address);
  });

  it.each([
    ['for=198.51.100.1', '198.51.100.1'],
    [`for=${FORGED}, for=198.51.100.1;proto=https;by=203.0.113.43`, '198.51.100.1'],
    [`for=${FORGED}, FOR = "198.51.100.1:80"`, '198.51.100.1'],
    [`for=${FORGED}, proto=https;for="[2001:db8::1]:4711"`, '2001:db8::1'],
    [`for="quoted, for=${FORGED}", for=198.51.100.1`, '198.51.100.1'],
    [`for="\\"", for=198.51.100.1`, '198.51.100.1'],
  ])('Forwarded: %s is %s', (written, address) => {
    expect(addressOf(1, '10.0.0.1', { forwarded: written })).toBe(address);
  });

  it.each(['unknown', '_hidden', '', ' ', '1.2.3', '1.2.3.4.5', '[::1', 'a:1', '::ffff:1.2.3.4.5', `${FORGED} x`])(
    'where it is no address (%j), the proxy that wrote it is counted',
    (written) => {
      expect(addressOf(1, '10.0.0.1', { 'x-forwarded-for': `${FORGED}, ${written}` })).toBe('10.0.0.1');
    },
  );
});

describe('whoever has many addresses counts as one', () => {
  it.each([
    ['198.51.100.1', '198.51.100.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['unknown', 'unknown'],
  ])('%s as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it('a sweep through a /64 is one, the next /64 another', () => {
    const sweep = Array.from({ length: 1_000 }, (_, index) => `2001:db8:0:7::${index.toString(16)}`);
    expect(new Set(sweep.map(networkOf)).size).toBe(1);
    expect(networkOf('2001:db8:0:8::1')).not.toBe(networkOf('2001:db8:0:7::1'));
  });
});

describe('a setting that does not fit what comes', () => {
  const linesOf = (trusted: TrustedProxies['trusted'], forwarded: string[]): string[] => {
    let logged = '';
    const log = createLog('info', { write: (line: string) => void (logged += line) });
    const remember = rememberClientAddress({ trusted, header: 'x-forwarded-for' }, log);
    for (const value of forwarded)
      remember(requestFrom('10.0.0.1', { 'x-forwarded-for': value }), {} as Response, () => {});
    return logged.match(/http\.trusted_proxies: [^"]*/g) ?? [];
  };

  it('is said once: a proxy that is not trusted, or fewer of them than the number', () => {
    expect(linesOf(0, [FORGED, FORGED])).toEqual([
      'http.trusted_proxies: requests come through a proxy that is not trusted; its visitors count as one',
    ]);
    expect(linesOf(3, [`${FORGED}, ${FORGED}`])).toEqual([
      'http.trusted_proxies: a request came through fewer proxies than it says',
    ]);
  });

  it('is not said where all is well', () => {
    expect(linesOf(0, [''])).toEqual([]);
    expect(linesOf(1, [FORGED, `${FORGED}, ${FORGED}`])).toEqual([]);
    expect(linesOf(['10.0.0.0/8'], [FORGED])).toEqual([]);
  });
});
