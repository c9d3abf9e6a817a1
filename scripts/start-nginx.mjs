import { findNginx } from './find-nginx.mjs';
import { findFreePort } from './toolchain/find-free-port.mjs';
import { runServer } from './toolchain/run-server.mjs';

/**
 * Starts an nginx for tests in front of servers on this machine: round-robin, no stickiness.
 *
 * @param {object} options
 * @param {string[]} options.upstreams `host:port`
 * @param {string} [options.http] more lines for the `http` block, such as `gzip on;`
 * @param {string} [options.location] more lines for `location /`
 * @param {number} [options.readTimeoutSeconds] how long it waits for the next byte of an answer
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function startNginx({ upstreams, http = '', location = '', readTimeoutSeconds = 60 }) {
  const port = await findFreePort();
  const { stop } = await runServer({
    program: await findNginx(),
    programArguments: (folder) => ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
    files: () => ({
      'nginx.conf': configuration(port, upstreams, http, `proxy_read_timeout ${readTimeoutSeconds}s; ${location}`),
    }),
    port,
  });
  return { url: `http://127.0.0.1:${port}`, stop };
}

/**
 * @param {number} port
 * @param {string[]} upstreams
 * @param {string} http
 * @param {string} location
 */
function configuration(port, upstreams, http, location) {
  // As root it would change to a user who may not enter our folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const folders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${name};`);
  return `
    ${user}
    daemon off;
    worker_processes 1;
    pid nginx.pid;
    error_log stderr crit;
    events { worker_connections 2048; }
    http {
      access_log off;
      ${folders.join('\n')}
      client_max_body_size 256k;
      large_client_header_buffers 4 64k;
      ${http}
      upstream salient {
        ${upstreams.map((address) => `server ${address} max_fails=0;`).join('\n')}
        keepalive 32;
      }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://salient;
          proxy_http_version 1.1;
          proxy_set_header Host $http_host;
          proxy_set_header Connection "";
          proxy_next_upstream off;
          ${location}
        }
      }
    }`;
}
