// Runs the Prisma CLI: `node scripts/prisma.mjs generate`.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { exitWithError, ExplainedError } from './toolchain/explained-error.mjs';
import { projectRoot } from './toolchain/project-root.mjs';

const commandArguments = process.argv.slice(2);
const needsNoEngine = ['generate', 'validate', 'format'].includes(commandArguments[0] ?? '');

if (!needsNoEngine && !process.env.PRISMA_SCHEMA_ENGINE_BINARY) {
  exitWithError(
    new ExplainedError(
      'Only generate, validate and format work here: the product applies its migrations itself, when it starts.',
    ),
  );
}

const { status } = spawnSync(
  process.execPath,
  [createRequire(import.meta.url).resolve('prisma/build/index.js'), ...commandArguments],
  {
    cwd: projectRoot,
    stdio: 'inherit',
    env: {
      // These commands never run the native engine but insist that the file exists, and fetch it from a host that many
      // networks do not reach. Any executable will do; Node is one.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
      ...process.env,
    },
  },
);
process.exitCode = status ?? 1;
