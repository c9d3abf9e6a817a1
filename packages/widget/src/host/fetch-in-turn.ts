/**
 * A `fetch` whose first call waits for the first calls of all other widgets to the same server, in other tabs as well.
 * To a server that does not know the browser yet, calls at once are calls of several visitors: each would be given a
 * cookie, the browser would keep the last, and the conversations of the others would be lost.
 *
 * Locks are there wherever the cookie works: on https, and on localhost. A page whose storage is blocked, or that has no
 * origin (a sandboxed frame), is refused them, and has no cookie to lose either.
 */
export function createFetchInTurn(backend: string): typeof fetch {
  let wasAnswered = false;
  return async (input, init) => {
    const call = async () => {
      const response = await window.fetch(input, init);
      wasAnswered = true;
      return response;
    };
    if (wasAnswered || !navigator.locks) return call();
    const signal = init?.signal;
    let hadItsTurn = false;
    const inTurn = () => {
      hadItsTurn = true;
      return call();
    };
    try {
      return await navigator.locks.request(`salient:${backend}`, signal ? { signal } : {}, inTurn);
    } catch (error) {
      if (hadItsTurn || signal?.aborted) throw error;
      return call();
    }
  };
}
