import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Liquid } from 'liquidjs';
import { describe, expect, it } from 'vitest';

const engine = new Liquid({ root: fileURLToPath(new URL('snippets', import.meta.url)), extname: '.liquid' });
const SETTINGS = { salient_backend: 'https://chat.example.com', salient_account: 'acme', salient_agent: 'acme_chat1' };

/** What a theme prints. `settings` and `request` are there for every snippet, as on Shopify. */
const render = (settings: object, line = "{% render 'salient-chat' %}", locale?: string) =>
  engine.parseAndRenderSync(line, {}, { globals: { settings, request: { locale: { iso_code: locale } } } });

describe('the snippet', () => {
  it('prints the tag of the theme settings, in the language of the storefront', () => {
    expect(render({ ...SETTINGS, salient_position: 'bottom-left' }, undefined, 'pt-BR')).toBe(
      '<script async src="https://chat.example.com/chat-widget.js" data-account="acme" data-agent="acme_chat1" ' +
        'data-position="bottom-left" data-locale="pt-BR" data-cfasync="false"></script>',
    );
  });

  it('takes over what its line says', () => {
    const line = "{% render 'salient-chat', backend: 'https://chat.example.org/', agent: 'sales' %}";
    expect(render(SETTINGS, line)).toBe(
      '<script async src="https://chat.example.org/chat-widget.js" data-account="acme" data-agent="sales" ' +
        'data-cfasync="false"></script>',
    );
  });

  it('prints nothing until a server is set, or when it is switched off', () => {
    for (const settings of [
      {},
      { salient_backend: '' },
      { salient_backend: '  ' },
      { salient_backend: 'chat.example.com' },
    ]) {
      expect(render(settings)).toBe('');
    }
    expect(render({ ...SETTINGS, salient_backend: 'javascript:alert(1)' })).toBe('');
    expect(render({ ...SETTINGS, salient_enabled: false })).toBe('');
  });

  it('lets no setting out of its attribute', () => {
    const printed = render(
      {
        salient_backend: 'https://chat.example.com"><b>',
        salient_account: '"><img src=x onerror=alert(1)>',
        salient_agent: "' onload='alert(1)",
        salient_position: '"',
      },
      undefined,
      '"><b>',
    );
    expect(printed.match(/<\w+/g)).toEqual(['<script']);
    expect(printed).toContain('data-account="&#34;&gt;&lt;img src=x onerror=alert(1)&gt;"');
  });

  it('asks for settings that the theme editor offers', () => {
    const schema = JSON.parse(readFileSync(new URL('settings_schema.json', import.meta.url), 'utf8')) as {
      settings: { id: string }[];
    };
    const snippet = readFileSync(new URL('snippets/salient-chat.liquid', import.meta.url), 'utf8');
    const asked = new Set([...snippet.matchAll(/settings\.(\w+)/g)].map(([, id]) => id));
    expect(asked).toEqual(new Set(schema.settings.map(({ id }) => id)));
  });
});
