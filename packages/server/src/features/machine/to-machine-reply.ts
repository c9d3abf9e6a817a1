import type { ChatReply } from '@salient/shared-types';
import type { z } from 'zod';
import type { machineReplySchema } from './replies.ts';
import type { SentByMachine } from './send-as-machine.ts';

export function toMachineReply(
  { agent, orgId }: SentByMachine,
  { session_id, message, user_message, usage }: ChatReply,
): z.output<typeof machineReplySchema> {
  return {
    response: message.content,
    session_id,
    metadata: {
      agent: agent.slug,
      org_id: orgId,
      message_id: message.id,
      user_message_id: user_message.id,
      // An answer that was waited for has ended.
      status: message.status === 'pending' ? 'partial' : message.status,
      finish_reason: message.metadata.finish_reason ?? 'stop',
      citations: message.metadata.citations ?? [],
      usage,
    },
  };
}
