import { afterEveryAnswer, fillReceipt, setField } from './receipt.js';
import { describeModel } from './server.js';

const account = 'default_account';
const agent = 'simple_chat1';
const status = document.querySelector('#status');
const receipt = document.querySelector('#receipt');

afterEveryAnswer(async () => {
  try {
    const { session } = await fillReceipt(receipt, account, agent);
    const isLocal = session.model.answered_by.provider === 'local';
    status.dataset.state = isLocal ? 'local' : 'model';
    setField(status, 'answers', `${describeModel(session.model)}.`);
    setField(
      status,
      'meaning',
      isLocal
        ? 'Quoted with their source, at no cost. No language model is asked.'
        : 'Every call is metered: see the receipt.',
    );
  } catch (error) {
    status.dataset.state = 'down';
    setField(status, 'answers', 'The server gave no answer.');
    setField(status, 'meaning', error.message);
  }
});

for (const event of ['open', 'close']) {
  window.addEventListener(`salient:${event}`, () => {
    document.documentElement.toggleAttribute('data-chat-open', event === 'open');
  });
}
