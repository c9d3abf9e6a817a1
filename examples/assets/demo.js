/** What every demo page does: full addresses in snippets, copy buttons, questions to click, menus, what answers. */
import { enableCopyButtons } from './copy-button.js';
import { showWhatAnswers } from './what-answers.js';

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
void showWhatAnswers();

document.addEventListener('click', (event) => {
  const asker = event.target.closest('[data-ask]');
  if (asker) ask(asker.dataset.ask);

  const menuButton = event.target.closest('[data-menu-button]');
  if (menuButton) {
    menuButton.setAttribute('aria-expanded', String(menuButton.getAttribute('aria-expanded') !== 'true'));
  }
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});

function openMenus() {
  return document.querySelectorAll('details[data-closes][open]');
}

function ask(question) {
  window.Salient('open');
  if (question) window.Salient('send', question);
}

function* textNodes(element) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) yield walker.currentNode;
}
