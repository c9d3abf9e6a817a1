import { describeModel, getSession } from './server.js';

/**
 * Says in every `[data-answers]` who answers there: a language model, or the local stand-in. The element may name its
 * agent; without that it is the page's own.
 */
export function showWhatAnswers() {
  return Promise.all([...document.querySelectorAll('[data-answers]')].map(showOne));
}

async function showOne(element) {
  // oxlint-disable-next-line no-underscore-dangle -- the widget's public name for it
  const { account, agent } = { ...window.__SALIENT_WIDGET_CONFIG, ...element.dataset };
  try {
    const { model } = await getSession(account, agent);
    const isLocal = model.answered_by.provider === 'local';
    element.dataset.state = isLocal ? 'local' : 'model';
    element.title = describeModel(model);
    if (element.dataset.answers === 'short') element.textContent = isLocal ? 'Local answers' : model.answered_by.model;
    else element.textContent = `${describeModel(model)}.`;
  } catch (error) {
    element.dataset.state = 'down';
    element.textContent = error.message;
  }
}
