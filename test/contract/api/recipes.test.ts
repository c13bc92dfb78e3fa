import { expect, test } from 'vitest';
import { z } from 'zod';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Subscription } from '#domain/subscription.ts';
import { wants } from '#relay/matching.ts';
import { renderEvent } from '#webhook/render.ts';
import { sampleEvent } from '#webhook/sample-events.ts';
import { codeBlock } from '../../support/doc-code.ts';
import { type SlackMessage, slackRefusals } from '../../unit/webhook/slack-limits.ts';
import { openApi } from './api-under-test.ts';

const api = await openApi();

/** Subscribes as a recipe says, and answers what the service keeps of it. */
async function follow(body: object): Promise<Subscription> {
  const { status, json } = await api.call('POST', '/v1/subscriptions', { body });
  expect(status).toBe(201);
  const subscription = await api.store.subscriptions.get(json.id);
  if (subscription === null) throw new Error('It is not there.');
  return subscription;
}

/** A recipe of a subscription and a template, put together as its command does. */
async function followTemplate(name: 'hubspot' | 'zoho' | 'pipedrive'): Promise<Subscription> {
  const page = `docs/recipes/${name}.md`;
  const template = codeBlock(page, `${name}-template`);
  return follow({ ...JSON.parse(codeBlock(page, `${name}-subscription`)), template });
}

function rendered(subscription: Subscription, event: ChangeEvent): unknown {
  const result = renderEvent(subscription, Buffer.from(JSON.stringify(event)));
  if (result.kind === 'failed') throw new Error(result.message);
  expect(result.contentType).toBe('application/json');
  return JSON.parse(result.body.toString());
}

interface Person {
  readonly name?: string;
  readonly tags?: readonly string[];
  readonly contact: { readonly email: string; readonly phone?: { prefix: string; number: string } };
}

const ada: Person = {
  name: 'Ada "Countess" Lovelace',
  tags: ['vip', 'R&D \\ <beta>'],
  contact: { email: 'ada@example.com', phone: { number: '5550100', prefix: '+1' } },
};
/** As the inbox has people of whom it knows little. */
const strangers: readonly Person[] = [
  { contact: { email: 'x@example.com' } },
  { name: '', contact: { email: 'x@example.com', phone: { prefix: '', number: '' } } },
  { name: 'Prince', contact: { email: 'x@example.com', phone: { prefix: '', number: '123' } } },
];

function eventOf(userDetails: Person, type: ChangeEvent['type'] = 'contact.created'): ChangeEvent {
  const event = sampleEvent(type);
  const contact = { ...event.data.contact, profile: { userDetails } };
  return { ...event, data: { ...event.data, contact } };
}

// The requests as their documentation has them; what it does not name is refused.

const filled = z.string().min(1);
const hubspotRequest = z.strictObject({
  inputs: z
    .array(
      z.strictObject({
        id: filled,
        idProperty: z.literal('email'),
        properties: z.record(z.string(), filled),
        objectWriteTraceId: z.string().optional(),
      }),
    )
    .min(1)
    .max(100),
});
const zohoRequest = z.strictObject({
  data: z
    .array(
      z.strictObject({
        First_Name: filled.optional(),
        Last_Name: filled,
        Email: filled.optional(),
        Phone: filled.optional(),
      }),
    )
    .min(1)
    .max(100),
  duplicate_check_fields: z.array(z.string()),
  trigger: z.array(z.enum(['workflow', 'approval', 'blueprint'])),
});
const labelled = z.array(
  z.strictObject({ value: filled, primary: z.boolean(), label: z.string() }),
);
const pipedriveRequest = z.strictObject({
  name: filled,
  emails: labelled.optional(),
  phones: labelled.optional(),
});

test.each([
  ['hubspot', hubspotRequest],
  ['zoho', zohoRequest],
  ['pipedrive', pipedriveRequest],
] as const)(
  'what the recipe for %s sends of anybody is a request that it documents',
  async (name, request) => {
    const subscription = await followTemplate(name);
    for (const type of subscription.events) {
      for (const person of [ada, ...strangers]) {
        const parsed = request.safeParse(rendered(subscription, eventOf(person, type)));
        expect(parsed.error?.issues ?? []).toEqual([]);
      }
    }
  },
);

test('the recipe for HubSpot upserts by the e-mail address, and leaves out what is empty', async () => {
  const subscription = await followTemplate('hubspot');
  expect(rendered(subscription, eventOf(ada))).toEqual({
    inputs: [
      {
        idProperty: 'email',
        id: 'ada@example.com',
        properties: {
          firstname: 'Ada',
          lastname: '"Countess" Lovelace',
          phone: '+15550100',
          email: 'ada@example.com',
        },
      },
    ],
  });
  for (const person of strangers.slice(0, 2)) {
    expect(rendered(subscription, eventOf(person))).toMatchObject({
      inputs: [{ properties: { email: 'x@example.com' } }],
    });
  }
});

test('the recipe for Zoho always has a last name', async () => {
  const subscription = await followTemplate('zoho');
  const names = [ada, ...strangers].map((person) => {
    const { data } = zohoRequest.parse(rendered(subscription, eventOf(person)));
    return [data[0]?.First_Name, data[0]?.Last_Name];
  });
  expect(names).toEqual([
    ['Ada', '"Countess" Lovelace'],
    [undefined, 'Unknown'],
    [undefined, 'Unknown'],
    [undefined, 'Prince'],
  ]);
});

test('the recipe for Pipedrive names a person by the e-mail address where there is no name', async () => {
  const subscription = await followTemplate('pipedrive');
  expect(rendered(subscription, eventOf(ada))).toEqual({
    name: 'Ada "Countess" Lovelace',
    emails: [{ value: 'ada@example.com', primary: true, label: 'work' }],
    phones: [{ value: '+15550100', primary: true, label: 'work' }],
  });
  expect(rendered(subscription, eventOf({ contact: { email: '' } }))).toEqual({ name: 'Unknown' });
  const [stranger = ada] = strangers;
  expect(rendered(subscription, eventOf(stranger))).toMatchObject({ name: 'x@example.com' });
});

test.each(['hubspot', 'zoho'] as const)(
  'the recipe for %s leaves out who has no e-mail address',
  async (name) => {
    const subscription = await followTemplate(name);
    expect(wants(subscription, eventOf(ada))).toBe(true);
    expect(wants(subscription, eventOf({ ...ada, contact: { email: '' } }))).toBe(false);
  },
);

test('the recipe for Slack tells of VIPs and of nobody else, in messages that Slack takes', async () => {
  const subscription = await follow(
    JSON.parse(codeBlock('docs/recipes/slack-vip.md', 'slack-vip')),
  );
  for (const type of subscription.events) {
    const event = eventOf(ada, type);
    expect(wants(subscription, event)).toBe(true);
    expect(slackRefusals(rendered(subscription, event) as SlackMessage)).toEqual([]);
    expect(wants(subscription, eventOf({ ...ada, tags: ['gold'] }, type))).toBe(false);
    expect(wants(subscription, eventOf({ ...ada, tags: [] }, type))).toBe(false);
  }
});

test('the recipe for a service of one’s own is taken as it stands', async () => {
  const body = JSON.parse(codeBlock('docs/recipes/internal-service.md', 'internal-subscription'));
  expect(await follow(body)).toMatchObject({
    ordering: 'contact',
    headers: { 'X-Team': 'orders' },
  });
});
