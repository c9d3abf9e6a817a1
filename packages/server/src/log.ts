import { pino, type DestinationStream, type Logger } from 'pino';

export type { Logger };

/**
 * One JSON line per event on standard output. Lines carry ids, sizes, durations and costs; message text, keys, tokens,
 * e-mail and network addresses never enter a log call in the first place.
 */
export function createLog(level: string, destination?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      // Errors keep their type, message and stack; drivers hang queries, parameters and bodies on theirs.
      serializers: { err: describeError },
    },
    destination ?? pino.destination(1),
  );
}

interface DescribedError {
  type: string;
  message: string;
  code?: string;
  stack?: string;
  cause?: DescribedError;
}

function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: 'not an Error' };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    message: error.name.startsWith('PrismaClient') ? lastLine(error.message) : error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack ? { stack: stackFrames(error.stack) } : {}),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

/** Prisma puts the failed call, with its arguments, before the last line. */
function lastLine(message: string): string {
  return message.trimEnd().split('\n').at(-1) ?? '';
}

function stackFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}
