import { expect, it } from 'vitest';
import { depthOfJson } from './depth-of-json.ts';

it.each([
  ['', 0],
  ['42', 0],
  ['{}', 1],
  ['[[],[[]]]', 3],
  ['{"a":{"b":[1]},"c":{}}', 3],
  [String.raw`{"a":"[[[[","b":"\"[[[["}`, 1],
  [String.raw`{"a":"\\","b":[]}`, 2],
  ['{"[[":"{{"}', 1],
  ['[[[', 3],
  [']]]]', 0],
  ['"[[[', 0],
])('counts the levels of %s', (json, depth) => {
  expect(depthOfJson(Buffer.from(json))).toBe(depth);
});
