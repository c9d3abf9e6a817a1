import { startCallLimits } from './call-limits.ts';
import { toAbortError, toFaultError, toNetworkError, toTimeoutError } from './call-errors.ts';
import { createChatClient } from './chat-client.ts';
import type { ChatClientOptions } from './chat-client.ts';
import { createChatReply, type ChatReply } from './chat-reply.ts';
import type { ModelProvider, ProviderTimeouts } from './model-provider.ts';
import { readReply } from './read-reply.ts';

export interface OpenAiCompatibleOptions extends ChatClientOptions {
  timeouts: ProviderTimeouts;
}

/**
 * Makes a provider that speaks the OpenAI chat-completions wire.
 *
 * The `openai` package makes the request. The body is read here, once: the package's own iterator costs about three
 * times as much CPU per token. Reasoning keeps a call alive like text does, but is never given to `onText`.
 */
export function createOpenAiCompatible(options: OpenAiCompatibleOptions): ModelProvider {
  const { name } = options;
  const send = createChatClient(options);

  return {
    name,
    async complete(request, onText, signal) {
      const reply = createChatReply();
      if (signal.aborted) throw toAbortError(name, signal.reason, reply);
      const limits = startCallLimits(options.timeouts, signal);
      try {
        const response = await send(request, limits.signal, () => limits.enter('firstToken'));
        const outcome = await readReply(response, reply, limits, onText);
        if (outcome.ended === 'cut') throw toNetworkError(name, outcome.cause, reply);
        refuseIncomplete(reply);
        if (reply.fault) throw toFaultError(name, reply);
        return reply.toCompletion();
      } catch (error) {
        if (signal.aborted) throw toAbortError(name, signal.reason, reply);
        throw limits.expired === null ? error : toTimeoutError(name, limits.expired, reply);
      } finally {
        limits.stop();
      }
    },
  };
}

/** An end without a reason may be a stream that a gateway closed politely when its own upstream broke. */
function refuseIncomplete(reply: ChatReply): void {
  if (!reply.finished) reply.fail('malformed', 'ended its answer without saying that it is whole');
  else if (!reply.hasText) reply.fail('malformed', 'ended without an answer');
}
