/** Where the links in mails lead. The console proper is another page; this one does what a link is for, and signs in. */
export const PEOPLE_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Sign in - Salient</title>
    <link rel="stylesheet" href="/people/page.css">
  </head>
  <body>
    <main>
      <h1 id="title">Sign in</h1>
      <form id="form" novalidate>
        <label id="email-field">E-mail address <input id="email" type="email" autocomplete="username" required></label>
        <label id="password-field"><span id="password-label">Password</span> <input id="password" type="password" required></label>
        <button id="submit">Sign in</button>
      </form>
      <p id="result" role="status"></p>
      <ul id="accounts"></ul>
    </main>
    <script src="/people/page.js"></script>
  </body>
</html>
`;

export const PEOPLE_STYLE = `body { font: 1rem/1.5 system-ui, sans-serif; margin: 0; color: #1a1a1a; background: #fff; }
main { max-width: 24rem; margin: 4rem auto; padding: 0 1rem; }
form { display: grid; gap: 1rem; }
label { display: grid; gap: 0.25rem; }
input, button { font: inherit; padding: 0.5rem; }
[hidden] { display: none; }
@media (prefers-color-scheme: dark) { body { color: #eee; background: #1a1a1a; } }
`;

export const PEOPLE_SCRIPT = `'use strict';
const at = (id) => document.getElementById(id);
const [, kind, token] = /^#(verify_email|reset_password|invite)=(\\w\\w_[\\w-]{43})$/.exec(location.hash) || [];
// Out of the history: whoever uses this browser next must not find it there.
if (token) history.replaceState(null, '', location.pathname);

const tasks = {
  verify_email: { title: 'Confirm your address', label: 'The password you chose', path: '/auth/verify', button: 'Confirm' },
  reset_password: { title: 'Choose a new password', label: 'New password, 10 characters or more', path: '/auth/password/reset', button: 'Set it', isNew: true },
  invite: { title: 'Join the account', label: 'Choose a password, unless you are registered', path: '/auth/invites/accept', button: 'Join', isNew: true },
};
const task = tasks[kind] || { title: 'Sign in', label: 'Password', path: '/auth/login', button: 'Sign in' };
document.title = task.title + ' - Salient';
at('title').textContent = task.title;
at('password-label').textContent = task.label;
at('password').autocomplete = task.isNew ? 'new-password' : 'current-password';
at('submit').textContent = task.button;
at('email-field').hidden = Boolean(token);

at('form').addEventListener('submit', (event) => {
  event.preventDefault();
  void send();
});

async function send() {
  const password = at('password').value;
  const body = token ? { token } : { email: at('email').value };
  if (password !== '' || kind !== 'invite') body.password = password;
  at('submit').disabled = true;
  try {
    const response = await fetch(task.path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer = response.status === 204 ? {} : await response.json();
    if (response.ok) show(answer);
    else at('result').textContent = answer.detail;
  } catch {
    at('result').textContent = 'The server does not answer. Try again in a moment.';
  } finally {
    at('submit').disabled = false;
  }
}

function show(me) {
  at('form').hidden = true;
  at('result').textContent = me.email ? 'Signed in as ' + me.email + '.' : 'Your password is set. Sign in with it.';
  for (const account of me.accounts || []) {
    const item = document.createElement('li');
    item.textContent = account.name + ' (' + account.slug + '): ' + account.role;
    at('accounts').append(item);
  }
}
`;
