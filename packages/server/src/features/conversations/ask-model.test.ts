import { expect, test } from 'vitest';
import type { ModelProvider } from '../../providers/model-provider.ts';
import { ProviderError } from '../../providers/model-provider.ts';
import { createPriceList } from '../usage/index.ts';
import { askModel, STOPPED, TURN_TIMEOUT, type AskModelDependencies, type Question } from './ask-model.ts';

const CONTEXT = {
  accountSlug: 'acme',
  agentInstanceId: 'agent',
  agentInstanceSlug: 'helper',
  agentType: 'simple_chat',
  sessionId: 'session',
  turnId: 'turn',
};

/** A provider that fails every call as it is told to, and counts them. */
function failing(error: unknown, onCall: () => void = () => {}): ModelProvider & { calls: number } {
  return {
    name: 'openai',
    calls: 0,
    async complete() {
      this.calls += 1;
      onCall();
      throw error;
    },
  };
}

function ask(
  provider: ModelProvider,
  signal: AbortSignal,
  models: Question['models'] = [{ provider, model: 'gpt-4o-mini' }],
  isAffordable: (model: string) => boolean = () => true,
) {
  const question: Question = {
    context: CONTEXT,
    request: {
      messages: [{ role: 'user', content: 'Hi' }],
      temperature: 0,
      maxTokens: 9,
      passages: [],
      topics: [],
    },
    models,
    requestId: 'first',
    overBudgetDetail: 'No money left.',
    onText: () => {},
    signal,
  };
  const recorded: string[] = [];
  const dependencies = {
    prices: createPriceList([], { prompt: '5', completion: '25' }),
    log: { info() {}, warn() {} },
    metrics: { countCall() {} },
    record: async (row: { id: string }, { model }: { model: string }) => {
      recorded.push(row.id);
      return { outcome: isAffordable(model) ? 'reserved' : 'over_budget' };
    },
  } as unknown as AskModelDependencies;
  return askModel(question, dependencies).then((answer) => ({ answer, recorded }));
}

test.each([
  [STOPPED, { status: 'partial', finishReason: 'stopped', fault: null }],
  [TURN_TIMEOUT, { status: 'error', finishReason: 'error', fault: { code: 'UPSTREAM_TIMEOUT' } }],
  ['lease lost', { status: 'error', finishReason: 'error', fault: { code: 'UPSTREAM_ERROR' } }],
])('a turn that was aborted (%s) before any model was asked costs nothing (M3)', async (reason, end) => {
  const provider = failing(new Error('unused'));
  const { answer, recorded } = await ask(provider, AbortSignal.abort(reason));
  expect(answer).toMatchObject({ ...end, row: null, usage: null });
  expect([provider.calls, recorded]).toEqual([0, []]);
});

test('a further attempt goes to the first model that there is money for; where there is none, the visitor is told', async () => {
  const provider = failing(new ProviderError('http', 'no', { status: 500, retryable: true, retryAfterMs: 0 }));
  const cheap = failing(new ProviderError('http', 'no', { status: 400, retryable: false }));
  const models = [
    { provider, model: 'gpt-4o' },
    { provider, model: 'dear' },
    { provider: cheap, model: 'cheap' },
  ];
  const affordable = (model: string) => model === 'cheap';
  const first = await ask(provider, new AbortController().signal, models, affordable);
  expect(first.answer.fault?.code).toBe('UPSTREAM_ERROR');
  expect([provider.calls, cheap.calls]).toEqual([1, 1]);
  const { answer } = await ask(provider, new AbortController().signal, models, () => false);
  expect(answer.fault).toEqual({ code: 'BUDGET_EXCEEDED', detail: 'No money left.', retryable: false });
  expect([provider.calls, cheap.calls]).toEqual([2, 1]);
});

test('a turn that is stopped between two attempts leaves the row of the first alone (M3)', async () => {
  const controller = new AbortController();
  const busy = new ProviderError('http', 'busy', { status: 429, retryable: true, retryAfterMs: 4000 });
  const provider = failing(busy, () => setImmediate(() => controller.abort(STOPPED)));
  const { answer, recorded } = await ask(provider, controller.signal);
  expect(answer).toMatchObject({ status: 'partial', finishReason: 'stopped', fault: null });
  expect(answer.row).toMatchObject({ id: 'first', completion_status: 'error', prompt_tokens: 0, completion_tokens: 0 });
  expect([provider.calls, recorded]).toEqual([1, []]);
});
