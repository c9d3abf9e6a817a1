/** What every demo page does: full addresses in snippets, copy buttons, questions to click, the phone menu. */
import { enableCopyButtons } from './copy-button.js';

// The widget's own queue: calls made before its file has arrived are kept for it.
window.Salient ??= function queueCall() {
  (window.Salient.q ??= []).push(arguments);
};

// A snippet is there to be pasted into another site, so it names this server in full.
for (const code of document.querySelectorAll('[data-snippet]')) {
  for (const text of textNodes(code)) {
    text.data = text.data.replace('src="/chat-widget.js"', `src="${window.location.origin}/chat-widget.js"`);
  }
}

enableCopyButtons();

document.addEventListener('click', (event) => {
  const asker = event.target.closest('[data-ask]');
  if (asker) ask(asker.dataset.ask);

  const menuButton = event.target.closest('[data-menu-button]');
  if (menuButton) {
    menuButton.setAttribute('aria-expanded', String(menuButton.getAttribute('aria-expanded') !== 'true'));
  }
});

function ask(question) {
  window.Salient('open');
  if (question) window.Salient('send', question);
}

function* textNodes(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}
