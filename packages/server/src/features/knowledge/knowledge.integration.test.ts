import { cp } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectDirectory } from '../../../test/project-directory.ts';
import { startTestServer, type TestServer } from '../../../test/start-test-server.ts';
import { createVisitor } from '../../../test/visitor.ts';

let server: TestServer;

/** The demo accounts as they ship, without keys: `local` answers for all of them. */
beforeAll(async () => {
  server = await startTestServer({
    agents: [],
    prepare: (configsDirectory) =>
      cp(path.join(projectDirectory, 'config/agent_configs'), configsDirectory, { recursive: true }),
  });
});

afterAll(() => server.stop());

describe('the demo agents answer what their owners would want them to', () => {
  it.each([
    ['default_account/simple_chat1', 'What is your return policy?', 'Return policy', /30 days/],
    ['default_account/simple_chat1', 'Do you ship internationally?', 'International shipping', /38 countries/],
    ['default_account/simple_chat1', 'How long does shipping take?', 'Shipping time', /3 to 5/],
    ['default_account/simple_chat1', 'How can I track my order?', 'Order tracking', /tracking link/],
    ['default_account/simple_chat1', 'How do I embed Salient on my site?', 'Embedding Salient', /<script async src=/],
    ['default_account/simple_chat2', 'Tell me about your company history', 'Company history', /2009/],
    ['default_account/simple_chat2', 'What are your business hours?', 'Business hours', /Monday to Friday/],
    ['default_account/simple_chat2', 'Do you offer bulk discounts?', 'Bulk discounts', /10 %/],
    ['default_account/simple_chat2', 'What payment methods do you accept?', 'Payment methods', /PayPal/],
    ['acme/acme_chat1', 'How do I reset my password?', 'Password reset', /Forgot password/],
    ['acme/acme_chat1', 'What are the system requirements?', 'System requirements', /Chrome/],
    ['acme/acme_chat1', 'Do you have a mobile app?', 'Mobile app', /iPhone/],
    ['acme/acme_chat1', 'How do I contact support?', 'Contacting support', /email/],
    ['default_account/simple_chat1', 'can i send something back', 'Return policy', /label/],
    ['default_account/simple_chat1', 'do you deliver to Germany', 'International shipping', /European Union/],
    ['default_account/simple_chat1', 'when will my package arrive', 'Shipping time', /late/],
    ['default_account/simple_chat1', 'script tag', 'Embedding Salient', /data-/],
    ['default_account/simple_chat2', 'when was the company founded', 'Company history', /2009/],
    ['default_account/simple_chat2', 'opening times on sunday', 'Business hours', /Sunday/],
    ['default_account/simple_chat2', 'discount for large orders', 'Bulk discounts', /quote|%/],
    ['default_account/simple_chat2', 'can i pay with paypal', 'Payment methods', /PayPal/],
    ['acme/acme_chat1', 'I cannot log in', 'Password reset', /locked/],
    ['acme/acme_chat1', 'does it run on Windows 10', 'System requirements', /Windows/],
    ['acme/acme_chat1', 'android', 'Mobile app', /Android/],
    ['acme/acme_chat1', 'phone number', 'Contacting support', /312 555/],
    ['acme/acme_chat1', 'talk to a human', 'Contacting support', /human/],
    // As people type.
    ['default_account/simple_chat1', 'wat is yur retrun polcy', 'Return policy', /30 days/],
    ['default_account/simple_chat2', 'bussiness hours', 'Business hours', /Monday to Friday/],
    ['default_account/simple_chat2', 'paymnet metods', 'Payment methods', /PayPal/],
    ['acme/acme_chat1', 'how to reset pasword', 'Password reset', /Forgot password/],
    ['acme/acme_chat1', 'sytem requirments', 'System requirements', /Chrome/],
    ['acme/simple_chat2', 'i forgot my password', 'Password reset and signing in', /Forgot password/],
    ['acme/simple_chat2', 'where can i get the app', 'Mobile app', /App Store|Google Play/],
  ])('%s: %s', async (agent, message, title, fact) => {
    const [account, slug] = agent.split('/');
    const reply = await createVisitor(server.url).chat(`/accounts/${account}/agents/${slug}`, { message });
    expect(reply.message.content).toMatch(fact);
    expect(reply.message.metadata.citations?.[0]).toMatchObject({ index: 1, title });
    expect(reply.message.content).toContain('[1]');
    expect(reply.usage).toMatchObject({
      provider: 'local',
      model: 'local',
      total_cost: '0.00000000',
      cost_source: 'price_table',
      usage_source: 'estimated',
    });
  });

  it.each([
    ['default_account/simple_chat1', 'What is the capital of France?'],
    ['default_account/simple_chat1', 'Who won the world cup in 1998?'],
    ['default_account/simple_chat1', 'What are your business hours?'],
    ['acme/acme_chat1', 'Write me a poem about the sea'],
    ['acme/acme_chat1', 'Do you offer bulk discounts?'],
    ['default_account/simple_chat1', 'Was ist Ihre Rückgaberegelung?'],
    ['default_account/simple_chat1', '¿Cuál es su política de devoluciones?'],
    ['default_account/simple_chat2', 'asdfghjkl qwertz'],
  ])('%s says that it does not know: %s', async (agent, message) => {
    const [account, slug] = agent.split('/');
    const reply = await createVisitor(server.url).chat(`/accounts/${account}/agents/${slug}`, { message });
    expect(reply.message.content).toMatch(/^I don't know that/);
    expect(reply.message.metadata.citations).toBeUndefined();
  });

  it('says in the session who really answers, and why', async () => {
    const response = await createVisitor(server.url).fetch('/api/session?account=acme&agent=simple_chat2');
    expect(await response.json()).toMatchObject({
      account: 'acme',
      agent: 'simple_chat2',
      identified_by: 'none',
      model: {
        inference_provider: { value: 'together', source: 'file' },
        answered_by: { provider: 'local', model: 'local', reason: 'TOGETHER_API_KEY is not set' },
      },
    });
  });
});
