import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { findFreePort } from '../../scripts/toolchain/find-free-port.mjs';
import { findNginx } from '../../scripts/find-nginx.mjs';
import { runServer } from '../../scripts/toolchain/run-server.mjs';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Runs the recipe of docs/cdn.md as it stands there, but for its place and its certificate. */
export async function startNginxRecipe(): Promise<{ url: string; stop: () => Promise<void> }> {
  const port = await findFreePort();
  const docs = await readFile(`${projectRoot}/docs/cdn.md`, 'utf8');
  const recipe = /```nginx\n([^]*?)```/.exec(docs)?.[1] ?? '';
  const http = recipe
    .replace(/listen 443 ssl;/, `listen 127.0.0.1:${port};`)
    .replace(/^.*ssl_certificate.*$/gm, '')
    .replace('/var/www/salient', `${projectRoot}packages/widget/dist`);
  // As root it would change to a user who may not enter our folders.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  const { stop } = await runServer({
    program: await findNginx(),
    programArguments: (folder) => ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
    files: () => ({
      'nginx.conf': `${user} daemon off; pid nginx.pid; error_log stderr crit; events {}
        http { access_log off; ${folders.join(' ')} ${http} }`,
    }),
    port,
  });
  return { url: `http://127.0.0.1:${port}`, stop };
}
