import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { hashFiles } from './hash-files.mjs';
import { ensurePnpm, runPnpm } from './pnpm.mjs';
import { projectRoot } from './project-root.mjs';
import { runStep } from './run-step.mjs';
import { isStamped, stamp } from './stamp.mjs';

const sources = ['packages', 'prisma', 'prisma.config.ts', 'tsconfig.base.json', 'pnpm-lock.yaml', 'package.json'];
const outputs = ['packages/server/dist/main.js', 'packages/widget/dist/chat-widget.js'];
const notBuilt = /\/(node_modules|dist|generated|test|package|maps)$|\.test\.tsx?$/;

/** Generates the Prisma client and builds server and widget, unless that was done from these very sources. */
export async function buildWhenChanged() {
  const wanted = hashFiles(sources, (path) => !notBuilt.test(path));
  const isBuilt = outputs.every((path) => existsSync(join(projectRoot, path)));
  if (isBuilt && isStamped('build', wanted)) return;
  await ensurePnpm();
  await runStep('build', () => runPnpm(['run', 'build']));
  stamp('build', wanted);
}
