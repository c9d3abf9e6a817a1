// `pnpm publish:widget`: keeps the built version of the widget for good, byte by byte. Commit what it writes.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitWithError, ExplainedError } from './toolchain/explained-error.mjs';
import { projectRoot } from './toolchain/project-root.mjs';

const widgetFolder = join(projectRoot, 'packages', 'widget');

try {
  publishWidget();
} catch (error) {
  exitWithError(error);
}

function publishWidget() {
  const { version } = readJson(join(widgetFolder, 'package.json'));
  const integrityFile = join(widgetFolder, 'dist', 'integrity.json');
  if (!existsSync(integrityFile)) throw new ExplainedError('Nothing is built. Run: pnpm build');
  const built = readJson(integrityFile).version;
  // The build names itself otherwise when its version is published with other bytes.
  if (built !== version) {
    throw new ExplainedError(
      `Version ${version} is published with other bytes, and those never change. Run: pnpm changeset version, pnpm build`,
    );
  }
  const target = join(widgetFolder, 'published', version);
  if (existsSync(target)) return console.log(`Version ${version} is published already, with these very bytes.`);
  cpSync(join(widgetFolder, 'dist', 'w', version), target, {
    recursive: true,
    filter: (source) => !/\.(br|gz)$/.test(source),
  });
  console.log(`Version ${version} is kept in packages/widget/published/${version}. Commit it.`);
}

/** @param {string} file */
function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
