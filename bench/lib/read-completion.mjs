/**
 * Reads a provider's events, as far as the upstream here sends them.
 */
export function readCompletion() {
  const decoder = new TextDecoder();
  let buffered = '';
  let answer = '';
  let usage = { prompt_tokens: 0, completion_tokens: 0 };
  let ended = false;

  return {
    ended: () => ended,
    result: () => ({ answer, usage }),
    /** @param {Buffer} bytes */
    take(bytes) {
      buffered += decoder.decode(bytes, { stream: true });
      let start = 0;
      for (let end = buffered.indexOf('\n\n'); end !== -1; end = buffered.indexOf('\n\n', start)) {
        readEvent(buffered.slice(start + 'data: '.length, end));
        start = end + 2;
      }
      buffered = buffered.slice(start);
    },
  };

  /** @param {string} data */
  function readEvent(data) {
    if (data === '[DONE]') {
      ended = true;
      return;
    }
    const chunk = JSON.parse(data);
    answer += chunk.choices[0]?.delta.content ?? '';
    usage = chunk.usage ?? usage;
  }
}
