import type { Page } from '@playwright/test';

/** Every computed style of every element that is the page's own, by `path of the element | property`. */
export function readPageStyles(page: Page): Promise<Record<string, string>> {
  return page.evaluate(() => {
    const styles: Record<string, string> = {};
    const own = [...document.querySelectorAll('*')].filter((element) => !element.matches('salient-chat, head *'));
    own.forEach((element, index) => {
      const computed = getComputedStyle(element);
      // The list, and not the object: that one has every name twice, in kebab and in camel case.
      for (const property of computed) {
        styles[`${element.localName} ${index} | ${property}`] = computed.getPropertyValue(property);
      }
    });
    return styles;
  });
}
