/**
 * PostgreSQL's classes 08 (connection) and 57P (shutdown, restart), 53300 (too many connections), 55P03 (a lock that does not
 * come), and the system's codes.
 */
const UNAVAILABLE =
  /^(08\w{3}|57P0\d|53300|55P03|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|ENOTFOUND|P1001|P1002|P1008|P1017|P2024|P2028)$/;
const UNAVAILABLE_TEXT =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|server closed the connection|Can't reach database|Unable to start a transaction/i;

/** Whether a failure says that the database cannot be reached just now, rather than that a query is wrong. */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause: unknown = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) {
    const { code, meta } = cause as { code?: unknown; meta?: { code?: unknown; driverAdapterError?: unknown } };
    if ([code, meta?.code].some((value) => typeof value === 'string' && UNAVAILABLE.test(value))) return true;
    if (UNAVAILABLE_TEXT.test(cause.message)) return true;
    if (meta?.driverAdapterError instanceof Error && isDatabaseUnavailable(meta.driverAdapterError)) return true;
  }
  return false;
}
