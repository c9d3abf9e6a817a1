/** Shows, from the server's own records, that three agents on one page share nothing. */
import { afterEveryAnswer, fillReceipt, setField } from './receipt.js';
import { describeModel } from './server.js';

const columns = [...document.querySelectorAll('.tenant')];
const verdict = document.querySelector('#verdict');
/** The visitor's session in each column, null where there is none yet. */
const sessions = new Map();

afterEveryAnswer(async (answered) => {
  const changed = columns.filter(({ dataset }) => !answered || isSameAgent(dataset, answered));
  await Promise.all(changed.map(showColumn));
  showVerdict([...sessions.values()].filter((id) => id !== null));
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
    setField(column, 'model', describeModel(session.model));
    sessions.set(column, session.session_id);
  } catch (error) {
    setField(column, 'model', error.message);
  }
}

function isSameAgent(one, other) {
  return one.account === other.account && one.agent === other.agent;
}

function showVerdict(sessionIds) {
  const distinct = new Set(sessionIds).size;
  if (sessionIds.length === 0) {
    verdict.textContent = 'No session yet. A session starts with the first question to an agent.';
  } else if (distinct < sessionIds.length) {
    verdict.textContent = 'Two agents answered with the same session id. That must never happen: please report it.';
  } else {
    const count = ['one session', 'two sessions', 'three sessions'][distinct - 1];
    verdict.textContent = `One visitor, ${count}, ${distinct === 1 ? 'one id' : 'no id in common'}.`;
  }
}
