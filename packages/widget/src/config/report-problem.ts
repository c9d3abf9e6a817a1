/** Tells the site owner, not the visitor. */
export function reportProblem(problem: unknown): void {
  // oxlint-disable-next-line no-console -- the console is where a site owner looks for a wrong option
  console.error('Salient:', problem);
}

/** Says the same sentence once. */
export function createReport(): (problem: unknown) => void {
  const told = new Set<unknown>();
  return (problem) => {
    if (!told.has(problem)) reportProblem(problem);
    told.add(problem);
  };
}
