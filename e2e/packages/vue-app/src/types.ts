import { SalientChat } from '@salient/vue';
import { mount, type Widget, type WidgetOptions } from '@salient/widget';
import { h } from 'vue';

// Never run: compiled, to see that what users would write has types, and that mistakes are found.
export const chat = h(SalientChat, { agent: 'simple_chat1', offsetX: 32, onUnread: ({ count }) => count.toFixed() });
// @ts-expect-error -- a mode that does not exist
export const wrong = h(SalientChat, { mode: 'popup' });
export const options: WidgetOptions = { position: 'top-left', starters: ['Where is my order?'] };
export const widget: Widget = mount({ ...options, target: document.body });
widget.on('message:received', ({ text, status, agent }) => `${text}${status}${agent}`.trim());
// @ts-expect-error -- an event that does not exist
widget.on('closed', () => {});
