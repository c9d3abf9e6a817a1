import { createTransport } from 'nodemailer';
import { AppError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** Plain text: nothing in it runs, loads or looks like something else. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface Mailer {
  /** @throws {AppError} FORBIDDEN where the server sends no mail */
  requireMail(): void;
  /**
   * Sends without being waited for, so that an answer takes the same time whether there was anything to send. What fails
   * is logged without the address.
   */
  post(mail: Mail): void;
  /** Resolves when what was posted has been sent or given up, and closes the connections. */
  close(): Promise<void>;
}

export interface MailerOptions {
  /** `smtp://user:password@host:587`; null: no mail. */
  smtpUrl: string | null;
  from: string;
  /** Without SMTP: whether to write the mail to the log instead. */
  logInstead: boolean;
  log: Logger;
}

export function createMailer({ smtpUrl, from, logInstead, log }: MailerOptions): Mailer {
  const transport = smtpUrl === null ? null : createTransport(smtpUrl, { from });
  const underWay = new Set<Promise<void>>();

  async function send(mail: Mail): Promise<void> {
    try {
      if (transport) await transport.sendMail(mail);
      else if (logInstead) log.info({ subject: mail.subject, text: mail.text }, 'mail, as SMTP_URL is not set');
    } catch (error) {
      log.error({ err: withoutAddresses(error) }, 'mail could not be sent');
    }
  }

  return {
    requireMail() {
      if (transport || logInstead) return;
      throw new AppError(
        'FORBIDDEN',
        'This server sends no e-mail. Ask whoever runs it for an invitation or a new link.',
      );
    },
    post(mail) {
      const sending = send(mail).finally(() => underWay.delete(sending));
      underWay.add(sending);
    },
    async close() {
      await Promise.all(underWay);
      transport?.close();
    },
  };
}

/** Servers quote the recipient when they refuse it. */
function withoutAddresses(error: unknown): Error {
  const { message, code } = error as Error & { code?: string };
  return Object.assign(new Error(message.replaceAll(/\S+@\S+/g, '(address)')), { name: 'MailError', code });
}
