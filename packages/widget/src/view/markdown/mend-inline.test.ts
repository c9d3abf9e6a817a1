import { expect, test } from 'vitest';
import { mendInline } from './mend-inline.ts';

test.each([
  // Emphasis that is still open is closed, also when half of its closing mark is there.
  ['a **bol', 'a **bol**'],
  ['a **bold*', 'a **bold**'],
  ['a **bold**', 'a **bold**'],
  ['an *emph', 'an *emph*'],
  ['an _emph', 'an _emph_'],
  ['a ~~strik', 'a ~~strik~~'],
  ['a ~~strike~', 'a ~~strike~~'],
  ['a **bold and *both', 'a **bold and *both***'],
  ['***both', '***both***'],
  ['***both**', '***both***'],
  ['**bold ', '**bold**'],
  // A mark with nothing behind it may be any mark, so it waits.
  ['a **', 'a'],
  ['a *', 'a'],
  ['a `', 'a'],
  ['a **[', 'a'],
  ['a \\', 'a'],
  // What looks like a mark and is none stays.
  ['2 * 3 = 6', '2 * 3 = 6'],
  ['2*3 is', '2*3 is'],
  ['snake_case_na', 'snake_case_na'],
  ['about ~5 km', 'about ~5 km'],
  ['\\*not emph', '\\*not emph'],
  ['list[0', 'list[0'],
  ['[see] this', '[see] this'],
  // Code spans hold no other marks.
  ['run `npm i', 'run `npm i`'],
  ['run ``a ` b', 'run ``a ` b``'],
  ['run ``a`` and `b*c` **d', 'run ``a`` and `b*c` **d**'],
  ['**run `npm i', '**run `npm i`**'],
  // Of half a link its text is left.
  ['see [the do', 'see the do'],
  ['see [the docs]', 'see the docs'],
  ['see [the docs](htt', 'see the docs'],
  ['see [the docs](https://a.example/x_(1', 'see the docs'],
  ['see [the docs](https://a.example "t)', 'see the docs'],
  ['see [the docs][re', 'see the docs'],
  ['see [the docs](https://a.example)', 'see [the docs](https://a.example)'],
  ['see [the **do', 'see the **do**'],
  ['**see [the docs](htt', '**see the docs**'],
  ['see <https://a.exam', 'see https://a.exam'],
  // Of half a tag nothing is left.
  ['press <', 'press'],
  ['press <kb', 'press'],
  ['press <kbd title', 'press'],
  ['press <kbd title="a b', 'press'],
  ['press <kbd title="a" ', 'press'],
  ['press <kbd>x</kb', 'press <kbd>x'],
  ['1 < 2', '1 < 2'],
  ['a <b and so', 'a <b and so'],
  ['see <https://a.example/*x> **b', 'see <https://a.example/*x> **b**'],
  // Of half an image nothing is left.
  ['look !', 'look'],
  ['look ![', 'look'],
  ['look ![alt', 'look'],
  ['look ![alt]', 'look'],
  ['look ![alt](https://a.example/x.pn', 'look'],
  ['look ![alt][re', 'look'],
  ['[![alt](https://a.example/x.png)](htt', '![alt](https://a.example/x.png)'],
  ['look ![alt `co', 'look'],
  ['Hello!', 'Hello!'],
])('mends %j to %j', (source, mended) => {
  expect(mendInline(source)).toBe(mended);
});
