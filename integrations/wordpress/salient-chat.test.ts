import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPhp } from '../../scripts/find-php.mjs';

interface Answer {
  printed: string;
  result: Record<string, unknown> | null;
  errors: string[];
}

const runner = fileURLToPath(new URL('test/run.php', import.meta.url));
const SETTINGS = { backend: 'https://chat.example.com', account: 'acme', agent: 'acme_chat1' };
/** Every optimizer's own way of being told to keep away. */
const OPT_OUTS =
  'nowprocket data-no-optimize="1" data-no-defer="1" data-noptimize="1" data-jetpack-boost="ignore" ' +
  'data-wpmeteor-nooptimize="true" data-wpfc-render="false" nitro-exclude data-pagespeed-no-defer data-cfasync="false"';

let php: string;

beforeAll(async () => {
  php = await findPhp();
});

function run(request: object): Answer {
  const { status, stdout, stderr } = spawnSync(php, ['-d', 'display_errors=stderr', runner], {
    input: JSON.stringify({ settings: SETTINGS, ...request }),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`php ended with ${status}: ${stderr}${stdout}`);
  return JSON.parse(stdout) as Answer;
}

const footer = (settings: object, path = '/') =>
  run({ do: 'footer', settings: { ...SETTINGS, ...settings }, path }).printed;

describe('the end of every page', () => {
  it('has the tag, with what keeps caches from delaying it', () => {
    expect(footer({ position: 'bottom-left', locale: 'de' })).toBe(
      `<script async src="https://chat.example.com/chat-widget.js" ${OPT_OUTS} ` +
        'data-account="acme" data-agent="acme_chat1" data-position="bottom-left" data-locale="de"></script>\n',
    );
  });

  it('has nothing while no server is set, nor where the settings keep it away', () => {
    expect(footer({ backend: '' })).toBe('');
    expect(footer({ show_on_all: '0' })).toBe('');
    const hidden = { hide_on_urls: '/checkout\r\n\r\n  /cart ' };
    expect(footer(hidden, '/checkout/step-2?x=1')).toBe('');
    expect(footer(hidden, '/cart')).toBe('');
    expect(footer(hidden, '/blog/checkout')).toContain('<script');
    expect(footer(hidden, '/?p=/checkout')).toContain('<script');
  });

  it('works on a site that has stored nothing yet, or nonsense', () => {
    for (const settings of [null, '', 7, []]) expect(run({ do: 'footer', settings }).printed).toBe('');
  });

  it('lets no setting out of its attribute', () => {
    const printed = footer({
      backend: 'https://chat.example.com/"><script>alert(1)</script>',
      account: '"><img src=x onerror=alert(1)>',
      locale: "' onload='alert(1)",
    });
    expect(printed.match(/<\w+/g)).toEqual(['<script']);
    expect(printed).toContain('data-account="&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"');
    expect(printed).toContain('data-locale="&#039; onload=&#039;alert(1)"');
    expect(footer({ backend: 'javascript:alert(1)//' })).toContain(' src="" ');
  });
});

describe('the shortcode', () => {
  const shortcodes = (...attributes: (Record<string, string> | '')[]) => run({ do: 'shortcodes', attributes }).printed;

  it('shows the chat of the settings, or another agent', () => {
    expect(shortcodes('')).toContain('data-account="acme" data-agent="acme_chat1" data-mode="floating"></script>');
    expect(shortcodes({ agent: 'sales', title: 'Sales' })).toContain(
      'data-account="acme" data-agent="sales" data-mode="floating" data-title="Sales"></script>',
    );
  });

  it('puts the chat into the page, each into a place of its own', () => {
    const printed = shortcodes({ mode: 'inline', height: '480px' }, { mode: 'inline', agent: 'sales' });
    expect(printed).toContain('<div id="salient-chat-1" style="height:480px"></div><script');
    expect(printed).toContain('data-mode="inline" data-target="#salient-chat-1"');
    expect(printed).toContain('<div id="salient-chat-2" style="height:600px"></div><script');
    expect(printed).toContain('data-agent="sales" data-mode="inline" data-target="#salient-chat-2"');
  });

  it('lets an author of a page set neither another server nor styles', () => {
    const printed = shortcodes({ mode: 'inline', backend: 'https://evil.example', height: '1px;position:fixed' });
    expect(printed).toContain('src="https://chat.example.com/chat-widget.js"');
    expect(printed).toContain('style="height:600px"');
  });
});

describe('the settings page', () => {
  it('shows what is stored, escaped, and says what is missing', () => {
    const { printed } = run({ do: 'settings page', settings: { ...SETTINGS, hide_on_urls: '</textarea><b>' } });
    expect(printed).toContain('name="salient_chat[backend]" value="https://chat.example.com"');
    expect(printed).toContain('&lt;/textarea&gt;&lt;b&gt;</textarea>');
    expect(printed).not.toContain('until then no chat is shown');
    expect(run({ do: 'settings page', settings: [] }).printed).toContain('until then no chat is shown');
  });

  it('gives every field a label', () => {
    const { printed } = run({ do: 'settings page' });
    const fields = [...printed.matchAll(/<(?:input class|select|textarea)[^>]*id="([^"]+)"/g)].map(([, id]) => id);
    expect(fields).toHaveLength(6);
    for (const id of fields) expect(printed).toContain(`<label for="${id}">`);
  });

  it('is for administrators only', () => {
    expect(run({ do: 'settings page', can_manage: false }).printed).toBe('');
  });
});

describe('saving', () => {
  const save = (input: unknown) => run({ do: 'save', input });

  it('keeps what is right', () => {
    const input = {
      backend: ' https://chat.example.org/ ',
      account: 'acme',
      agent: 'sales',
      position: 'top-left',
      locale: 'pt-BR',
      show_on_all: '1',
      hide_on_urls: '/checkout',
    };
    expect(save(input)).toMatchObject({ result: { ...input, backend: 'https://chat.example.org' }, errors: [] });
  });

  it.each([
    'javascript:alert(1)',
    'ftp://chat.example.com',
    'chat.example.com',
    'https://u@chat.example.com',
    'https://',
  ])('refuses %s as a server, says why and keeps the old one', (backend) => {
    const { result, errors } = save({ backend, account: 'acme', agent: 'sales' });
    expect(result).toMatchObject({ backend: 'https://chat.example.com', agent: 'sales' });
    expect(errors).toEqual(['The server must be an address such as https://chat.example.com.']);
  });

  it('refuses names that can name nothing, and values that were never offered', () => {
    const { result, errors } = save({ account: '../x', agent: '', position: 'middle', locale: '"><b>' });
    expect(result).toMatchObject({ account: 'acme', agent: 'acme_chat1', position: '', locale: '', show_on_all: '0' });
    expect(errors).toHaveLength(2);
    expect(save('nonsense').errors).toHaveLength(2);
  });
});

it('uninstalling leaves nothing stored', () => {
  expect(run({ do: 'uninstall' }).result).toEqual([]);
});
