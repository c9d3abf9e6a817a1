import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parseYamlFile } from '../../yaml-file.ts';
import { agentLayerSchema, templateLayerSchema, type AgentLayer } from './agent-config.ts';

/** Where agents are configured. */
export interface AgentFolders {
  configsDirectory: string;
  templatesDirectory: string;
  /** What `knowledge.include` is relative to. */
  projectDirectory: string;
}

/** What an agent's folder says. */
export interface AgentFiles {
  /** With `system_prompt.md` as its `system_prompt`. */
  layer: AgentLayer;
  /** Absolute paths, sorted, of `knowledge/*.md`. */
  knowledgeFiles: string[];
  /** Changes whenever one of the files does. */
  signature: string;
}

/** Of an agent that has no folder. */
export const NO_FILES: AgentFiles = { layer: {}, knowledgeFiles: [], signature: '' };

class MissingConfigFileError extends Error {
  override readonly name = 'MissingConfigFileError';
}

function agentFolder(folders: AgentFolders, account: string, agent: string): string {
  return path.join(folders.configsDirectory, account, agent);
}

/**
 * Reads `config.yaml`, `system_prompt.md` and the list of `knowledge/*.md`.
 *
 * @throws {MissingConfigFileError} without a config.yaml
 * @throws {YamlFileError} naming file, line and key
 */
export async function readAgentFiles(folders: AgentFolders, account: string, agent: string): Promise<AgentFiles> {
  const folder = agentFolder(folders, account, agent);
  // Signed before reading: an edit in between is read again, never missed.
  const signature = await signAgentFiles(folders, account, agent);
  const configFile = path.join(folder, 'config.yaml');
  const yaml = await readIfPresent(configFile);
  if (yaml === null) throw new MissingConfigFileError(`${displayPath(configFile)}: no such file`);
  const layer = parseYamlFile(displayPath(configFile), yaml, agentLayerSchema);
  const systemPrompt = (await readIfPresent(path.join(folder, 'system_prompt.md')))?.trim();
  return {
    layer: systemPrompt ? { ...layer, system_prompt: systemPrompt } : layer,
    knowledgeFiles: await listKnowledge(folder),
    signature,
  };
}

/** The template under every agent of a type; empty where there is none. */
export async function readTemplate(folders: AgentFolders, agentType: string): Promise<AgentLayer> {
  const file = templateFile(folders, agentType);
  const yaml = await readIfPresent(file);
  return yaml === null ? {} : parseYamlFile(displayPath(file), yaml, templateLayerSchema);
}

/** Names, sizes and times of everything `readAgentFiles` reads, in one string. Opens no file. */
export async function signAgentFiles(folders: AgentFolders, account: string, agent: string): Promise<string> {
  const folder = agentFolder(folders, account, agent);
  return sign([
    path.join(folder, 'config.yaml'),
    path.join(folder, 'system_prompt.md'),
    ...(await listKnowledge(folder)),
  ]);
}

/** The same for `readTemplate`. */
export function signTemplate(folders: AgentFolders, agentType: string): Promise<string> {
  return sign([templateFile(folders, agentType)]);
}

/** The same for the documents of `knowledge.include`. */
export function signIncludes(folders: AgentFolders, includes: readonly string[]): Promise<string> {
  return sign(includes.map((include) => path.resolve(folders.projectDirectory, include)));
}

async function sign(files: string[]): Promise<string> {
  const parts = await Promise.all(
    files.map(async (file) => {
      const found = await ifPresent(stat(file));
      return found ? `${file}:${found.mtimeMs}:${found.size}:${found.ino}` : `${file}:absent`;
    }),
  );
  return parts.join('\n');
}

/** Every `{account}/{agent}` folder that holds a config.yaml. */
export async function findAgentFolders(folders: AgentFolders): Promise<{ account: string; agent: string }[]> {
  const found: { account: string; agent: string }[] = [];
  for (const account of await listFolders(folders.configsDirectory)) {
    for (const agent of await listFolders(path.join(folders.configsDirectory, account))) {
      const configFile = path.join(agentFolder(folders, account, agent), 'config.yaml');
      if ((await readIfPresent(configFile)) !== null) found.push({ account, agent });
    }
  }
  return found;
}

const accountFileSchema = z.strictObject({ name: z.string().trim().min(1).max(120) });

/**
 * The name in an account's `account.yaml`; null where there is none.
 *
 * @throws {YamlFileError} naming file, line and key
 */
export async function readAccountName(folders: AgentFolders, account: string): Promise<string | null> {
  const file = path.join(folders.configsDirectory, account, 'account.yaml');
  const yaml = await readIfPresent(file);
  return yaml === null ? null : parseYamlFile(displayPath(file), yaml, accountFileSchema).name;
}

function templateFile(folders: AgentFolders, agentType: string): string {
  return path.join(folders.templatesDirectory, `${agentType}.yaml`);
}

async function listKnowledge(folder: string): Promise<string[]> {
  const directory = path.join(folder, 'knowledge');
  const names = await ifPresent(readdir(directory));
  return (names ?? [])
    .filter((name) => name.endsWith('.md'))
    .toSorted()
    .map((name) => path.join(directory, name));
}

async function listFolders(directory: string): Promise<string[]> {
  const entries = await ifPresent(readdir(directory, { withFileTypes: true }));
  return (entries ?? [])
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .toSorted();
}

function readIfPresent(file: string): Promise<string | null> {
  return ifPresent(readFile(file, 'utf8'));
}

async function ifPresent<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Paths as an operator types them: relative to the working directory where that is shorter. */
function displayPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') ? file : relative;
}
