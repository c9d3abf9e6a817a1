/** Tells the site owner, not the visitor. The same sentence is said once. */
export function createReport(): (problem: string) => void {
  const told = new Set<string>();
  return (problem) => {
    // oxlint-disable-next-line no-console -- the console is where a site owner looks for a wrong option
    if (!told.has(problem)) console.error(`Salient: ${problem}`);
    told.add(problem);
  };
}
