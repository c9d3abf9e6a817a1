import type { Call } from './create-caller.ts';

/** Tells the server something that has no answer. */
export async function post(call: Call, path: string, body: object): Promise<void> {
  const response = await call(path, { method: 'POST', body });
  // Nobody needs it, but an answer that is not read holds its connection.
  await response.text().catch(() => {});
}
