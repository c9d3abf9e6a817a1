import type { Call } from './create-caller.ts';
import { ChatError } from './errors.ts';

/** @throws ChatError `BAD_RESPONSE` when it is not JSON, or no object */
export async function readJson<T extends object>(response: Response): Promise<T> {
  try {
    const json: unknown = await response.json();
    if (typeof json === 'object' && json !== null) return json as T;
  } catch (error) {
    throw new ChatError('BAD_RESPONSE', { cause: error });
  }
  throw new ChatError('BAD_RESPONSE');
}

/** Tells the server something that has no answer. */
export async function post(call: Call, path: string, body: object): Promise<void> {
  const response = await call(path, { method: 'POST', body });
  // Nobody needs it, but an answer that is not read holds its connection.
  await response.text().catch(() => {});
}
