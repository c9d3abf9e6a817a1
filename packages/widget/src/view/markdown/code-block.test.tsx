// @vitest-environment happy-dom
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { createAnswer, drawWhole } from './render-for-test.tsx';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('code carries its language and a button that copies exactly the code', async () => {
  const written: string[] = [];
  stubClipboard(async (text) => void written.push(text));
  const root = drawWhole('```ts title="x"\nconst a = 1;\n\nb();\n```');
  await clickCopy(root);
  expect(root.querySelector('.code-language')?.textContent).toBe('ts');
  expect(written).toEqual(['const a = 1;\n\nb();']);
});

test('copying is confirmed to eye and ear, for two seconds', async () => {
  vi.useFakeTimers();
  stubClipboard(async () => {});
  const root = drawWhole('```\nx\n```');
  expect(labels(root)).toEqual(['Copy code', '']);
  await clickCopy(root);
  expect(labels(root)).toEqual(['Copied', 'Copied']);
  await act(() => void vi.advanceTimersByTime(2000));
  expect(labels(root)).toEqual(['Copy code', '']);
});

test('without the Clipboard API it copies a selection, leaves no node behind and keeps the focus', async () => {
  stubClipboard(async () => Promise.reject(new Error('no permission')));
  let selected = '';
  document.execCommand = () => {
    selected = document.querySelector('textarea')?.value ?? '';
    return true;
  };
  const root = drawWhole('```\nx = 1\n```');
  await clickCopy(root);
  expect(selected).toBe('x = 1');
  expect(document.querySelector('textarea')).toBeNull();
  expect(document.activeElement).toBe(root.querySelector('button'));
  expect(labels(root)).toEqual(['Copied', 'Copied']);
});

test('what could not be copied is not said to be', async () => {
  stubClipboard(async () => Promise.reject(new Error('no permission')));
  document.execCommand = () => false;
  const root = drawWhole('```\nx\n```');
  await clickCopy(root);
  expect(labels(root)).toEqual(['Copy code', '']);
});

test('code that leaves the page takes its timer with it', async () => {
  vi.useFakeTimers();
  stubClipboard(async () => {});
  const answer = createAnswer();
  void answer.draw('```\nx\n```');
  await clickCopy(answer.root);
  answer.remove();
  expect(vi.getTimerCount()).toBe(0);
});

function stubClipboard(writeText: (text: string) => Promise<void>): void {
  vi.stubGlobal('navigator', { clipboard: { writeText } });
}

async function clickCopy(root: Element): Promise<void> {
  await act(async () => {
    root.querySelector('button')?.click();
    // As many turns as a refused clipboard and its fallback take.
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  });
}

function labels(root: Element): (string | null | undefined)[] {
  return ['.copy-code', '[role=status]'].map((selector) => root.querySelector(selector)?.textContent);
}
