import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitDocument } from '../features/knowledge/split-document.ts';
import { composeLocalAnswer } from './local-answer.ts';
import type { Passage } from './model-provider.ts';

const topics = ['Return policy', 'International shipping', 'Order tracking'];
const knowledge = '../../../../config/agent_configs/default_account/simple_chat1/knowledge';

/** A passage of a real document, as the search would give it. */
function find(document: string, section: string | null, score = 1): Passage {
  const { title, passages } = splitDocument(readFileSync(new URL(document, import.meta.url), 'utf8'));
  const passage = passages.find((each) => each.section === section);
  if (!passage) throw new Error(`${document} has no section ${section}`);
  return { documentTitle: title, section: passage.section, content: passage.content, url: null, score };
}

const passage = (content: string, more: Partial<Passage> = {}): Passage => ({
  documentTitle: 'Lamps',
  section: 'How bright is it?',
  content,
  url: null,
  score: 1,
  ...more,
});

const ask = (question: string, ...passages: Passage[]) => composeLocalAnswer({ question, passages, topics });

describe('composeLocalAnswer, with the demo knowledge', () => {
  it('answers with the passage, its number', () => {
    const answer = ask('What is your return policy?', find(`${knowledge}/return-policy.md`, null));
    expect(answer.text).toMatchInlineSnapshot(`
      "Our return policy: you can return almost anything within **30 days of delivery** for a full refund, as long as it is
      unused and in its original packaging. Returns from the United States are free. You do not need a receipt; your order
      number is enough. [1]"
    `);
    expect(answer.citations).toMatchInlineSnapshot(`
      [
        {
          "index": 1,
          "quote": "Our return policy: you can return almost anything within 30 days of delivery for a full refund, as long as it is unused and in its original packaging. Returns from the United States are free. You do not need a receipt; your order number is enough.",
          "section": null,
          "title": "Return policy",
          "url": null,
        },
      ]
    `);
  });

  it('adds a second passage that is nearly as good, under its heading', () => {
    const answer = ask(
      'How do I return an item?',
      find(`${knowledge}/return-policy.md`, null, 0.34),
      find(`${knowledge}/return-policy.md`, 'How do I return something or send back an item?', 0.33),
    );
    expect(answer.text).toMatchInlineSnapshot(`
      "Our return policy: you can return almost anything within **30 days of delivery** for a full refund, as long as it is
      unused and in its original packaging. Returns from the United States are free. You do not need a receipt; your order
      number is enough. [1]

      **How do I return something or send back an item?**

      1. Sign in and open **Account › Orders**, or use **Find my order** with your order number and email address.
      2. Choose **Return items**, tick what you are sending back and pick a reason.
      3. Print the return label, or show the QR code at the drop-off point if you have no printer.
      4. Pack the item in its original packaging and hand the parcel in within 14 days of printing the label. [2]"
    `);
  });

  it('quotes a table whole, and puts the number below it', () => {
    const { text } = ask('Where is my order?', find(`${knowledge}/order-tracking.md`, 'Where is my order?'));
    expect(text).toContain('| Out for delivery |');
    expect(text).toMatch(/\|\n\n\[1\]$/);
  });

  it('quotes the snippet to paste when asked how to embed', () => {
    const section = 'How do I embed Salient on my site, or add the chat widget to a website?';
    const { text, citations } = ask(
      'How do I embed Salient on my site?',
      find('../../../../examples/EMBEDDING-GUIDE.md', section),
    );
    expect(text).toContain('<script async src="https://chat.example.com/chat-widget.js"');
    expect(citations[0]?.title).toBe('Embedding Salient');
  });

  it('says that it does not know when the best passage only happens to share words', () => {
    const { text, citations } = ask(
      'What are your business hours?',
      find(`${knowledge}/order-tracking.md`, 'Why does my tracking not update?'),
    );
    expect(text).toMatchInlineSnapshot(`
      "I don't know that: I found nothing about it in the pages I answer from. I can answer questions about:

      - Return policy
      - International shipping
      - Order tracking"
    `);
    expect(citations).toEqual([]);
  });
});

describe('composeLocalAnswer', () => {
  it('leaves out a second passage that is much worse, repeats the first or misses what was asked', () => {
    const best = passage('The lamp gives 800 lumens.');
    const worse = passage('The lamp is bright.', { score: 0.3, documentTitle: 'Bulbs' });
    const same = passage('The lamp gives 800 lumens.', { documentTitle: 'Bulbs' });
    const introduction = passage('Our lamps are bright.', { section: null });
    const aside = passage('The lamp is red.', { section: 'Which colors?' });
    expect(ask('How bright is the lamp?', best, worse, same, introduction, aside).citations).toHaveLength(1);
  });

  it('numbers the quotes as the citations are numbered', () => {
    const { text, citations } = ask(
      'How bright is the lamp?',
      passage('It gives 800 lumens.'),
      passage('Bright lamp!', { section: 'Is it bright?' }),
    );
    expect(citations.map((citation) => citation.index)).toEqual([1, 2]);
    expect(text.indexOf('lumens. [1]')).toBe('It gives 800 '.length);
    expect(text).toContain('Bright lamp! [2]');
  });

  it('quotes whole paragraphs up to the length of an answer', () => {
    const paragraph = (name: string) => `${name} ${'says something about the lamp. '.repeat(8)}`.trim();
    const { text } = ask(
      'How bright is the lamp?',
      passage(['One', 'Two', 'Three', 'Four'].map(paragraph).join('\n\n')),
    );
    expect(text.split('\n\n')).toEqual([paragraph('One'), `${paragraph('Two')} [1]`]);
  });

  it('starts where the passage begins to answer', () => {
    const { text } = ask(
      'Does it flicker?',
      passage(`Welcome.\n\nIt does not flicker.\n\n${'x '.repeat(500)}`, { section: 'Flicker' }),
    );
    expect(text.startsWith('It does not flicker. [1]')).toBe(true);
  });

  it('does not part a lead-in, a list or code from its end', () => {
    const list = `The lamp needs:\n\n${'- a bulb of some kind\n'.repeat(60)}`.trim();
    expect(ask('What does the lamp need?', passage(list)).text.startsWith(`${list} [1]`)).toBe(true);
    const code = 'The lamp runs this:\n\n```\non();\n```';
    expect(ask('What does the lamp run?', passage(code)).text.startsWith(`${code}\n\n[1]`)).toBe(true);
  });

  it('links a citation to http(s) only and quotes it as plain text', () => {
    const withUrl = (url: string) => ask('How bright?', passage('**800** lumens', { url })).citations[0];
    expect(withUrl('https://shop.example/lamps')).toMatchObject({
      url: 'https://shop.example/lamps',
      quote: '800 lumens',
    });
    expect(withUrl('javascript:alert(1)')?.url).toBeNull();
  });

  it('shows titles as they are, whatever marks they contain', () => {
    const related = passage('900 lumens', { section: 'How bright is [b](c) *d*?' });
    const { text } = ask('How bright?', passage('800 lumens'), related);
    expect(text).toContain('**How bright is \\[b\\](c) \\*d\\*?**\n\n900 lumens [2]');
  });

  it('names at most six topics when it does not know, and none when there are none', () => {
    const many = Array.from({ length: 9 }, (_, index) => `Topic ${index}`);
    expect(composeLocalAnswer({ question: 'Why?', passages: [], topics: many }).text.match(/^- /gm)).toHaveLength(6);
    expect(composeLocalAnswer({ question: 'Why?', passages: [], topics: [] }).text).toBe(
      "I don't know that: I found nothing about it in the pages I answer from.",
    );
  });

  it('quotes nothing for a question of nothing but filler', () => {
    expect(ask('can you tell me more?', passage('Tell us more.')).citations).toEqual([]);
  });

  it('understands the forms of a word', () => {
    for (const question of ['do you have policies', 'shipped?', 'SHIPPING', 'a refunded order', 'payments']) {
      expect(
        ask(question, passage('x', { documentTitle: 'Policy, ship, refund, order, payment' })).citations,
      ).toHaveLength(1);
    }
  });
});

describe('composeLocalAnswer, in small talk', () => {
  const unrelated = passage('Hello and thanks: who are you?');

  it.each(['hi', 'Hello!', 'hey there 👋', 'Good morning', 'Hi, how are you?'])(
    'greets and says what it knows: %s',
    (message) => {
      const { text, citations } = ask(message, unrelated);
      expect(text).toContain('- Return policy\n- International shipping\n- Order tracking');
      expect(citations).toEqual([]);
    },
  );

  it.each([
    'Who are you?',
    'hi, are you human?',
    'Are you ChatGPT?',
    'What’s your name',
    'am I talking to a real person?',
  ])('never pretends to be a person or a model: %s', (message) => {
    expect(ask(message).text).toContain('not a person and not a language model');
  });

  it.each(['What can you do?', 'help', 'What can I ask you?'])('says how it works: %s', (message) => {
    expect(ask(message).text).toMatch(/^I find the passage that answers your question and quote it with its source/);
  });

  it('thanks and says goodbye in one sentence', () => {
    expect(ask('thanks a lot!').text).toBe('You are welcome.');
    expect(ask('ok bye').text).toBe('Goodbye, and thank you for your visit.');
  });

  it('takes a greeting with a question for a question', () => {
    expect(ask('Hi, how bright is the lamp?', passage('The lamp gives 800 lumens.')).text).toContain('800 lumens');
    expect(ask('help, my lamp is broken').text).toContain("I don't know that");
  });
});
