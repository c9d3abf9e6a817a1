import { generate } from 'selfsigned';

/** Key and certificate of these hosts, made for this run. The browser has to be told not to mind who signed it. */
export async function createCertificate(hosts: readonly string[]): Promise<{ key: string; cert: string }> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'Salient tests' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: hosts.map((value) => ({ type: 2 as const, value })) }],
  });
  return { key, cert };
}
