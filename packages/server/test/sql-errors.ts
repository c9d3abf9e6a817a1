/** What PostgreSQL calls the error that this ends with. */
export async function sqlStateOf(work: Promise<unknown>): Promise<string | undefined> {
  return readSqlState(await errorOf(work));
}

export function readSqlState(error: Error): string | undefined {
  return /Code: `(\w{5})`/.exec(error.message)?.[1];
}

export async function errorOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was refused');
}
