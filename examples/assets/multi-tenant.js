/** Shows, from the server's own records, that three agents on one page share nothing. */
import { afterEveryAnswer, fillReceipt, setField } from './receipt.js';
import { describeModel, getHistory } from './server.js';

const columns = [...document.querySelectorAll('.tenant')];
const verdict = document.querySelector('#verdict');
const identities = {
  cookie: 'a cookie that no script can read',
  token: 'a token, because this browser keeps no cookie',
  login: 'your sign-in at this server',
  none: 'nothing yet: no cookie before the first question',
};
/** What each column has got: the visitor's session, null where there is none yet, and the ids of its messages. */
const records = new Map();

document.querySelector('#readable-cookies').textContent = document.cookie || 'none';

afterEveryAnswer(async (answered) => {
  const changed = columns.filter(({ dataset }) => !answered || isSameAgent(dataset, answered));
  await Promise.all(changed.map(showColumn));
  showVerdict([...records.values()].filter(({ sessionId }) => sessionId !== null));
});

for (const button of document.querySelectorAll('[data-ask-all]')) {
  button.addEventListener('click', () => {
    for (const { dataset } of columns) {
      window.Salient('send', button.dataset.askAll, { account: dataset.account, agent: dataset.agent });
    }
  });
}

async function showColumn(column) {
  const { account, agent } = column.dataset;
  try {
    const { session } = await fillReceipt(column, account, agent);
    // Asking for the history of a conversation that does not exist would be the first a server hears of a visitor.
    const messages = session.session_id ? (await getHistory(account, agent)).messages : [];
    setField(column, 'model', describeModel(session.model));
    setField(column, 'identity', identities[session.identified_by]);
    setField(column, 'history', `${messages.length} messages at its own address`);
    records.set(column, { sessionId: session.session_id, messageIds: messages.map(({ id }) => id) });
  } catch (error) {
    setField(column, 'model', error.message);
  }
}

function isSameAgent(one, other) {
  return one.account === other.account && one.agent === other.agent;
}

function showVerdict(started) {
  const sessionIds = started.map(({ sessionId }) => sessionId);
  const messageIds = started.flatMap((record) => record.messageIds);
  if (started.length === 0) {
    verdict.textContent = 'No session yet. A session starts with the first question to an agent.';
  } else if (hasDoubles(sessionIds) || hasDoubles(messageIds)) {
    verdict.textContent = 'Two agents share a session or a message. That must never happen: please report it.';
  } else {
    const count = ['one session, one history', 'two sessions, two histories', 'three sessions, three histories'];
    const end = started.length === 1 ? '' : ', no id in common';
    verdict.textContent = `One visitor, ${count[started.length - 1]}${end}.`;
  }
}

function hasDoubles(ids) {
  return new Set(ids).size < ids.length;
}
