/** Shorter words are too close to each other: "ship" and "shop" are no misspelling. */
const MIN_LENGTH = 5;

/** Whether one letter too many, too few, wrong, or swapped with its neighbour makes the one word of the other. */
export function isMisspelling(typed: string, word: string): boolean {
  if (typed === word || typed.length < MIN_LENGTH || word.length < MIN_LENGTH) return false;
  if (Math.abs(typed.length - word.length) > 1) return false;
  let start = 0;
  while (start < typed.length && typed[start] === word[start]) start += 1;
  const [restTyped, restWord] = [typed.slice(start), word.slice(start)];
  return (
    restTyped.slice(1) === restWord.slice(1) ||
    restTyped.slice(1) === restWord ||
    restTyped === restWord.slice(1) ||
    (restTyped[0] === restWord[1] && restTyped[1] === restWord[0] && restTyped.slice(2) === restWord.slice(2))
  );
}
