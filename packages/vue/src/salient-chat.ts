import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, watch, type PropType } from 'vue';
import type { MountOptions, Widget, WidgetEventName, WidgetMode, WidgetOptions } from '@salient/widget';

const text = { type: String };
const number = { type: Number };
// Vue makes false of a missing boolean; undefined leaves the decision to the server.
const flag = { type: Boolean, default: undefined };

const EVENTS = [
  'ready',
  'open',
  'close',
  'message:sent',
  'message:received',
  'stream:start',
  'stream:end',
  'unread',
  'error',
] as const satisfies WidgetEventName[];

/**
 * The chat: every setting of the widget as a prop, every event as one of Vue's. Another account, agent, backend or mode
 * makes another widget; every other change is made in place. With mode `inline` it fills its own `<div>`: give that a
 * height. Exposes `widget`, the handle, null until its code has come.
 */
export const SalientChat = defineComponent({
  name: 'SalientChat',
  props: {
    account: text,
    agent: text,
    backend: text,
    mode: { type: String as PropType<WidgetMode> },
    position: { type: String as PropType<NonNullable<WidgetOptions['position']>> },
    offsetX: number,
    offsetY: number,
    zIndex: number,
    theme: { type: String as PropType<NonNullable<WidgetOptions['theme']>> },
    accent: text,
    radius: number,
    density: { type: String as PropType<NonNullable<WidgetOptions['density']>> },
    logo: text,
    avatar: text,
    title: text,
    subtitle: text,
    greeting: text,
    placeholder: text,
    starters: { type: Array as PropType<string[]> },
    label: text,
    teaser: text,
    launcher: text,
    locale: text,
    dir: { type: String as PropType<'ltr' | 'rtl'> },
    open: flag,
    preload: { type: String as PropType<NonNullable<WidgetOptions['preload']>> },
    streaming: flag,
    copy: flag,
    dataLayer: flag,
    debug: flag,
  } satisfies Record<Exclude<keyof WidgetOptions, 'target'>, object>,
  emits: [...EVENTS],
  setup(props, { emit, expose }) {
    const place = shallowRef<HTMLElement | null>(null);
    const widget = shallowRef<Widget | null>(null);
    let wanted = 0;

    const settings = () =>
      Object.fromEntries(Object.entries(props).filter(([, value]) => value !== undefined)) as Omit<
        MountOptions,
        'target'
      >;
    const remove = () => {
      wanted++;
      widget.value?.destroy();
      widget.value = null;
    };
    const show = async () => {
      remove();
      const turn = wanted;
      // Here and not above: on a server there is nothing to load it for.
      const { mount } = await import('@salient/widget');
      if (turn !== wanted) return;
      const mounted = mount({ ...settings(), ...(place.value && { target: place.value }) });
      for (const event of EVENTS) mounted.on(event, (detail) => emit(event, detail));
      widget.value = mounted;
    };

    onMounted(show);
    onBeforeUnmount(remove);
    watch(() => [props.account, props.agent, props.backend, props.mode].join(), show, { flush: 'post' });
    watch(
      settings,
      (changed, before) => {
        // A prop that is taken away goes back to what the server says.
        const gone = Object.keys(before).filter((name) => !(name in changed));
        widget.value?.update({ ...Object.fromEntries(gone.map((name) => [name, null])), ...changed });
      },
      { deep: true },
    );
    expose({ widget });
    return () => (props.mode === 'inline' ? h('div', { ref: place }) : null);
  },
});
