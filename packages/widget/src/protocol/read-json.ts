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
