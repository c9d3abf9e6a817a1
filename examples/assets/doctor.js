/** Examines the HTML that was pasted, and asks this server about the agents it names. Nothing else is fetched. */
import { checkAttributes } from './doctor/check-attributes.js';
import { checkPolicy } from './doctor/check-policy.js';
import { findInstallations } from './doctor/find-installations.js';
import { findingsOf } from './doctor/finding.js';
import { examineStream } from './doctor/measure-stream.js';
import { readElements } from './doctor/read-elements.js';
import { getSession, getWidgetConfig } from './server.js';

const form = document.querySelector('#patient');
const list = document.querySelector('#findings');
const verdict = document.querySelector('#verdict');
const command = document.querySelector('#command');
const { origin } = window.location;

form.addEventListener('submit', (event) => {
  event.preventDefault(); // What was pasted stays here.
  void examine(Object.fromEntries(new FormData(form)));
});
form.elements.page.addEventListener('input', ({ target }) => {
  if (target.value && target.validity.valid) command.textContent = `pnpm salient doctor ${target.value}`;
});
document.querySelector('#sample').addEventListener('click', () => {
  form.elements.html.value = [
    '<!doctype html>',
    '<title>My shop</title>',
    `<script async src="${origin}/chat-widget.js"`,
    '  data-account="acme" data-agent="acme_chat1" data-theme="blue"></script>',
  ].join('\n');
});

async function examine({ html, page, policy, asks }) {
  list.replaceChildren();
  verdict.textContent = 'Examining…';
  const address = page || `${origin}/`;
  const elements = readElements(html);
  const policies = [policy, ...policiesIn(elements)];
  const { installations, findings } = findInstallations(elements, address);
  findings.forEach(show);
  for (const installation of installations) {
    checkAttributes(installation).forEach(show);
    if (policies.some(Boolean)) checkPolicy(policies, installation, address).forEach(show);
    if (installation.backend.origin === origin) await askServer(installation, asks === 'on');
    else show(elsewhere(installation));
  }
  const count = list.querySelectorAll('[data-level="error"], [data-level="warning"]').length;
  verdict.textContent = count === 0 ? 'Nothing to mend.' : `${count} to look at.`;
}

function policiesIn(elements) {
  return elements
    .filter(({ attributes }) => /^content-security-policy$/i.test(attributes['http-equiv'] ?? ''))
    .map(({ attributes }) => attributes.content ?? '');
}

async function askServer({ account, agent }, asks) {
  const { ok, error } = findingsOf('agent');
  try {
    const config = await getWidgetConfig(account, agent);
    show(ok(`${account}/${agent} is “${config.display_name}”${config.answers_locally ? ', answering locally' : ''}.`));
  } catch (cause) {
    show(error(cause.message, `Compare with ${origin}/accounts/${account}/agents.`));
    return;
  }
  if (!asks) return;
  show(await askQuestion(account, agent));
  const { identified_by: identifiedBy } = await getSession(account, agent);
  show(
    identifiedBy === 'cookie' || identifiedBy === 'login'
      ? findingsOf('cookie').ok('This browser keeps the visitor’s cookie for this server.')
      : findingsOf('cookie').note('This browser keeps no cookie for this server: the widget will use a token instead.'),
  );
}

async function askQuestion(account, agent) {
  try {
    return await examineStream(async () => {
      const response = await fetch(`/accounts/${account}/agents/${agent}/stream`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ message: 'What can you help me with?' }),
      });
      if (!response.ok) throw new Error((await response.json()).detail);
      return response;
    });
  } catch (cause) {
    return findingsOf('streaming').error(cause.message, 'Look into the log of the Salient server.');
  }
}

function elsewhere({ backend }) {
  return findingsOf('server').note(
    `The chat talks to ${backend.origin}, which this page may not ask.`,
    'Use the doctor of that server, or the command below.',
  );
}

function show({ level, check, text, advice }) {
  const item = document.createElement('li');
  item.className = 'finding';
  item.dataset.level = level;
  const name = Object.assign(document.createElement('b'), { textContent: check });
  const said = Object.assign(document.createElement('p'), { textContent: text });
  item.append(name, said);
  if (advice) item.append(Object.assign(document.createElement('p'), { className: 'advice', textContent: advice }));
  list.append(item);
}
