import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  encodeRecording,
  listRecordings,
  type RecordingFacts,
  type WireStyle,
} from '../../../test/fake-provider-recordings.ts';
import { replay } from '../../../test/fake-provider-replies.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor, joinText } from '../../../test/visitor.ts';

const HELPER = '/accounts/acme/agents/helper';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});

afterAll(() => server.stop());

const STYLES: [name: string, style: WireStyle][] = [
  ['as it was recorded', {}],
  ['with CRLF', { lineEnd: '\r\n' }],
  ['with CR alone', { lineEnd: '\r' }],
  ['with a byte order mark', { byteOrderMark: true }],
  ['with comments between the events', { comments: true }],
  ['with many data lines', { manyDataLines: true }],
  ['without its last line end', { openEnd: true }],
  ['without [DONE]', { done: false }],
  ['with all of it', { lineEnd: '\r\n', byteOrderMark: true, comments: true, manyDataLines: true, openEnd: true }],
];

/** Asks, and holds the streamed text, the stored one and the ledger against what is known of the recording. */
async function expectFacts(recording: RecordingFacts, style: WireStyle, cuts: readonly number[]): Promise<void> {
  server.provider.script(() => replay(recording.file, style, cuts));
  const visitor = createVisitor(server.url);
  const streamed = joinText(await visitor.stream(HELPER, { message: 'go' }));
  const history = await visitor.history(HELPER);
  const stored = history.messages.at(-1);
  expect(stored).toMatchObject({ status: 'complete', metadata: { finish_reason: recording.finish_reason } });
  for (const text of [streamed, stored?.content ?? '']) {
    expect(text).toHaveLength(recording.text_len);
    expect(createHash('sha256').update(text).digest('hex')).toBe(recording.text_sha256);
  }
  const rows = (await server.ledger('acme')).filter(({ sessionId }) => sessionId === history.session_id);
  expect(rows).toMatchObject([
    {
      completionStatus: 'complete',
      usageSource: 'provider',
      modelAnswered: recording.model,
      promptTokens: recording.input_tokens,
      cachedPromptTokens: recording.cached_input_tokens,
      completionTokens: recording.billable_output_tokens,
      reasoningTokens: recording.reasoning_tokens,
    },
  ]);
}

describe.each(listRecordings().map((recording) => [recording.file, recording] as const))(
  '%s (S10)',
  (_file, recording) => {
    it.each(STYLES)('gives its text and its tokens (M1, S10) %s', async (_name, style) => {
      await expectFacts(recording, style, []);
    });

    it('gives its text and its tokens cut at any bytes (M1, S10)', async () => {
      const size = encodeRecording(recording.file, { lineEnd: '\r\n' }).length;
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(fc.nat(size), { minLength: 10, maxLength: 60 }), (positions) =>
          expectFacts(
            recording,
            { lineEnd: '\r\n' },
            positions.toSorted((a, b) => a - b),
          ),
        ),
        { numRuns: 4 },
      );
    });
  },
);
