import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { projectDirectory } from '../../test/project-directory.ts';
import { agentLayerSchema } from '../features/agents/agent-config.ts';
import { allowOrigin } from './origin-guard.ts';

const guide = readFileSync(path.join(projectDirectory, 'examples/EMBEDDING-GUIDE.md'), 'utf8');
const configs = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(([, yaml = '']) => yaml);
const origins = [...guide.matchAll(/^\| `(https?:\/\/[^`]+)` +\| (yes|no) /gm)].map(([, origin, answer]) => [
  origin ?? '',
  answer ?? '',
]);

it.each(configs)('a configuration of the embedding guide is one of an agent', (yaml) => {
  expect(agentLayerSchema.parse(parse(yaml))).not.toEqual({});
});

it('the guide has examples to hold against the server', () => {
  expect([configs.length, origins.length]).toEqual([2, 9]);
});

it.each(origins)('with the list of the guide, a page at %s may show the agent: %s (V4)', (origin, answer) => {
  const list = configs.map((yaml) => agentLayerSchema.parse(parse(yaml)).allowed_origins).find(Boolean) ?? [];
  const request = { get: (name: string) => (name === 'Origin' ? origin : 'chat.example.com') } as unknown as Request;
  const response = { vary() {}, setHeader() {} } as unknown as Response;
  const asking = () => allowOrigin(request, response, list);
  if (answer === 'yes') expect(asking).not.toThrow();
  else expect(asking).toThrow("This page's address is not on the agent's list of allowed origins.");
});
