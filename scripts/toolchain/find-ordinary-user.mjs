import { spawnSync } from 'node:child_process';
import { ExplainedError } from './explained-error.mjs';

/**
 * Whom to run a program as that refuses to run as root: nobody in particular for an ordinary user, somebody else for root.
 *
 * @returns {{ uid?: number, gid?: number }} as options of `spawn`
 */
export function findOrdinaryUser() {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  throw new ExplainedError(
    'PostgreSQL does not run as root, and there is no user "postgres" or "nobody" to run it as.',
  );
}
