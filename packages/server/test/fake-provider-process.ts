import { startFakeProvider } from './fake-provider.ts';

// The fake provider as a process of its own: prints its port on one line, replies by model name, ends on SIGTERM.
const provider = await startFakeProvider();
process.stdout.write(`${provider.port}\n`);
process.once('SIGTERM', () => void provider.close());
