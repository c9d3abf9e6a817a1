import type { Mail } from '../../mail/index.ts';

// Every mail we send. The token stands behind the #, which no browser sends to a server and no log keeps.

export function confirmMail(publicUrl: string, to: string, token: string): Mail {
  return {
    to,
    subject: 'Confirm your e-mail address',
    text: `Somebody, probably you, has registered with this address.

To confirm that it is yours, open this page and enter the password you chose:
${publicUrl}/people/#verify_email=${token}

If it was not you, do nothing: without it nobody can sign in.
`,
  };
}

export function alreadyRegisteredMail(publicUrl: string, to: string): Mail {
  return {
    to,
    subject: 'You have registered before',
    text: `Somebody, probably you, has tried to register with this address, which is registered already.

Sign in with the password you have. If you forgot it, ask for a new one there:
${publicUrl}/people/

If it was not you, do nothing: nothing has changed.
`,
  };
}

export function resetMail(publicUrl: string, to: string, token: string, minutes: number): Mail {
  return {
    to,
    subject: 'Choose a new password',
    text: `Somebody, probably you, has asked for a new password.

Choose one here within ${minutes} minutes; it ends every sign-in of yours:
${publicUrl}/people/#reset_password=${token}

If it was not you, do nothing: your password stays as it is.
`,
  };
}

export function passwordChangedMail(publicUrl: string, to: string): Mail {
  return {
    to,
    subject: 'Your password has been changed',
    text: `The password of this address has been changed, and all other devices were signed out.

If it was not you, ask for a new one at once:
${publicUrl}/people/
`,
  };
}

export function personDeletedMail(to: string): Mail {
  return {
    to,
    subject: 'Your sign-in has been deleted',
    text: `The sign-in of this address has been deleted, as its password was entered and that was asked for. It is in no account any
more, and nothing can be done with it.

If it was not you, tell the owners of your accounts at once.
`,
  };
}

export function inviteMail(publicUrl: string, to: string, token: string, account: string, role: string): Mail {
  return {
    to,
    subject: 'You are invited to an account',
    text: `You are invited to join the account ${account} as ${role}. Accept here:
${inviteLink(publicUrl, token)}

If you do not know what this is about, do nothing.
`,
  };
}

export function inviteLink(publicUrl: string, token: string): string {
  return `${publicUrl}/people/#invite=${token}`;
}

export function resetLink(publicUrl: string, token: string): string {
  return `${publicUrl}/people/#reset_password=${token}`;
}
