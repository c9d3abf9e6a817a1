import { createApp } from 'vue';
import App from './app.vue';

if (location.hash === '#element') await showElement();
else createApp(App).mount('#app');

/** Without any framework: the package's custom element. */
async function showElement(): Promise<void> {
  await import('@salient/widget/element');
  const element = document.createElement('salient-chat');
  element.setAttribute('backend', new URLSearchParams(location.search).get('backend') ?? location.origin);
  element.setAttribute('account', 'acme');
  element.setAttribute('agent', 'acme_chat1');
  document.body.append(element);
}
