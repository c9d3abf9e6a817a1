import { createServer, type Socket } from 'node:net';
import { once } from 'node:events';

/** A mail server that takes everything and keeps it. */
export interface FakeSmtp {
  url: string;
  /** Each with its envelope's recipient and its source. */
  mails: { to: string; source: string }[];
  /** From now on refuses every recipient, quoting it. */
  refuse(): void;
  close(): Promise<void>;
}

export async function startFakeSmtp(): Promise<FakeSmtp> {
  const mails: FakeSmtp['mails'] = [];
  let isRefusing = false;
  const server = createServer((socket) => speak(socket, mails, () => isRefusing));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    refuse: () => (isRefusing = true),
    async close() {
      server.close();
      await once(server, 'close');
    },
  };
}

/** RFC 5321, as far as one client needs it. */
function speak(socket: Socket, mails: FakeSmtp['mails'], isRefusing: () => boolean): void {
  let pending = '';
  let to = '';
  let isData = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  say('220 fake');
  socket.setEncoding('utf8').on('data', (text: string) => {
    pending += text;
    for (;;) {
      const end = pending.indexOf(isData ? '\r\n.\r\n' : '\r\n');
      if (end < 0) return;
      const line = pending.slice(0, end);
      pending = pending.slice(end + (isData ? 5 : 2));
      if (isData) {
        mails.push({ to, source: line });
        isData = false;
        say('250 kept');
      } else if (/^EHLO/i.test(line)) say('250 fake');
      else if (/^RCPT TO/i.test(line)) {
        to = /<(.*?)>/.exec(line)?.[1] ?? '';
        say(isRefusing() ? `550 no such letter box <${to}>` : '250 ok');
      } else if (/^DATA/i.test(line)) {
        isData = true;
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        say('221 bye');
        socket.end();
      } else say('250 ok');
    }
  });
  // A client that is gone is nothing to a test.
  socket.on('error', () => {});
}
