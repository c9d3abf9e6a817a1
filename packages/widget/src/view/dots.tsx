/** Three dots that breathe: something is on its way. Says nothing by itself to who cannot see it. */
export function Dots() {
  return (
    <span class="dots" aria-hidden="true">
      <span />
      <span />
      <span />
    </span>
  );
}
