/** Path data on a 20 px grid, stroked. */
const paths = {
  send: 'M10 16V4M5 9l5-5 5 5',
  close: 'M5 5l10 10M15 5L5 15',
  restart: 'M10 4v12M4 10h12',
  copy: 'M7 7V4h9v9h-3M4 7h9v9H4z',
  check: 'M4 10.5l4 4 8-9',
  thumbUp: 'M6 9l3-6c1.5 0 2 1 2 2v3h4.5l-1.2 8H6M6 9H3v7h3z',
  thumbDown: 'M6 11l3 6c1.5 0 2-1 2-2v-3h4.5l-1.2-8H6M6 11H3V4h3z',
  again: 'M15.5 12a6 6 0 1 1-1.2-6.2L16 7.5M16 3v4.5h-4.5',
  edit: 'M4 16l1-4 8-8 3 3-8 8zM11 6l3 3',
  down: 'M10 4v12M5 11l5 5 5-5',
  alert: 'M10 6v5M10 14v.01M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15z',
};

export type IconName = keyof typeof paths;

/** A drawing beside words or inside a named button, so it is hidden from assistive technology. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
