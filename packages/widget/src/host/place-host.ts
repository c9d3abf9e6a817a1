/**
 * Puts a host where it belongs, as soon as that place exists: into its target, or else beside `<body>`, out of reach
 * of its transforms and of scripts that replace it.
 *
 * @param target CSS selector
 */
export async function placeHost(element: Element, target: string | undefined): Promise<void> {
  const findPlace = () =>
    // Before <body> there is only <head>, and a host between the two would break `head + body`.
    target ? document.querySelector(target) : document.body && document.documentElement;
  if (!findPlace() && document.readyState === 'loading') {
    await new Promise((resolve) => document.addEventListener('DOMContentLoaded', resolve));
  }
  const place = findPlace();
  if (!place) throw new Error(`target=${target} is not on this page`);
  place.append(element);
}
