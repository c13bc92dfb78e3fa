import { expect, test } from 'vitest';

import { type Platform, platforms } from '#simulator/shop.ts';
import { at, jsonBlocks, read, section, tableRows, typeOf, wireType } from '../inbox/documents.ts';
import { openInbox, type Person } from './open-inbox.ts';

const document = read('post-get-user-inbox.txt');
const rootFields = tableRows(section(document, '— Contact Object**', '**`profile` Object**'));
const profileFields = tableRows(
  section(document, '**`profile` Object**', '#### Contact Status Reference'),
).map(([path, ...rest]) => [`profile.${path}`, ...rest]);
const fields = [...rootFields, ...profileFields] as [string, string, string][];

async function crowd(): Promise<Person[]> {
  return openInbox({ contacts: 400, pageSize: 400 }).ask();
}

function valueAt(person: Person, path: string): unknown {
  try {
    return at(person, path);
  } catch {
    return undefined;
  }
}

test('the document lists some seventy fields, or the tests below prove nothing', () => {
  expect(fields.length).toBeGreaterThan(70);
});

test.each(fields)('%s is sent, as %s', async (path, type) => {
  const sent = (await crowd())
    .map((person) => valueAt(person, path))
    .filter((v) => v !== undefined);
  expect(sent.length).toBeGreaterThan(0);
  expect(new Set(sent.map(typeOf))).toEqual(new Set([wireType(type)]));
  if (type === 'string (ISO 8601)') {
    expect(sent.every((time) => new Date(String(time)).toISOString() === time)).toBe(true);
  }
});

test('nothing is sent that neither the tables nor the sample know', async () => {
  const sample = at(jsonBlocks(document)[1]!, 'data') as Person[];
  const known = new Set(fields.map(([path]) => path.split('.')[0]));
  for (const key of Object.keys(sample[0]!)) known.add(key);
  const sent = new Set((await crowd()).flatMap((person) => Object.keys(person)));
  expect([...sent].filter((key) => !known.has(key))).toEqual([]);
});

const unconditional = fields.filter(
  ([path, , description]) =>
    !/^\*\((Conditional|AGENTIC)|^(AI-generated|Full WhatsApp|Telegram|Facebook|Instagram)/.test(
      description,
    ) && !/^(conversationSummary|profile\.device)/.test(path),
);

test.each(unconditional)('%s is sent of everyone', async (path) => {
  expect((await crowd()).filter((person) => valueAt(person, path) === undefined)).toEqual([]);
});

const ownFields: Record<Platform, string[]> = {
  WEBSITE: ['_botWebsite', '_userWebsite', 'profile.device'],
  WHATSAPP: ['_botWhatsapp', '_userWhatsapp', 'profile.userDetails.whatsAppNumber'],
  TELEGRAM: [
    '_botTelegram',
    '_userTelegram',
    'profile.userDetails.telegramUserName',
    'profile.userDetails.telegramChatId',
  ],
  FACEBOOK: ['_botFacebook', '_userFacebook', 'profile.userDetails.facebookProfileId'],
  INSTAGRAM: [
    '_botAutomation',
    '_userAutomation',
    'profile.userDetails.instagramUserName',
    'profile.userDetails.instagramProfileId',
  ],
};

test.each(platforms)('a %s contact has the fields of its platform and of no other', async (own) => {
  const inbox = openInbox();
  inbox.population.createContact({ platform: own });
  const [person] = await inbox.ask();
  expect(person?.platform).toEqual([own]);
  const present = Object.entries(ownFields).flatMap(([platform, paths]) =>
    paths.some((path) => valueAt(person!, path) !== undefined) ? [platform] : [],
  );
  expect(present).toEqual([own]);
  expect(ownFields[own].filter((path) => valueAt(person!, path) === undefined)).toEqual([]);
});

test.each([
  [true, 'AGENTIC', ['_aiAgent', 'emailNotificationSent']],
  [false, 'FLOW_BASED', ['conversationSummary']],
] as const)('with isAgentic %s the bot is %s and %j are there', async (isAgentic, type, own) => {
  const inbox = openInbox();
  inbox.population.createContact({ isAgentic });
  const [person] = await inbox.ask();
  expect(person?.chatBotType).toBe(type);
  const telling = ['_aiAgent', 'emailNotificationSent', 'conversationSummary'];
  expect(telling.filter((key) => key in person!)).toEqual(own);
});

test('an agent and the time of an order appear only where there are such', async () => {
  const inbox = openInbox();
  inbox.population.createContact({ agent: null, orderedAtMs: null });
  expect((await inbox.ask())[0]).toMatchObject({ hasOrdered: { status: false } });
  expect(await inbox.ask()).toEqual([
    expect.not.objectContaining({ _agentAssigned: expect.anything() }),
  ]);
  const other = openInbox();
  other.population.createContact({ agent: 'a1', orderedAtMs: Date.UTC(2026, 0, 2) });
  expect((await other.ask())[0]).toMatchObject({
    _agentAssigned: 'a1',
    hasOrdered: { status: true, lastAt: '2026-01-02T00:00:00.000Z' },
  });
});

test('the first four bytes of the id are the second of creation', async () => {
  for (const { _id, createdAt } of await crowd()) {
    expect(_id).toMatch(/^[0-9a-f]{24}$/);
    expect(Number.parseInt(_id.slice(0, 8), 16)).toBe(Math.floor(Date.parse(createdAt) / 1000));
  }
});

test('lastSeenAt is cut to whole seconds, and no stamp lies ahead of the clock', async () => {
  const inbox = openInbox({ contacts: 400, pageSize: 400 });
  for (const { createdAt, lastSeenAt, updatedAt } of await inbox.ask()) {
    expect(lastSeenAt).toMatch(/\.000Z$/);
    expect(Date.parse(lastSeenAt)).toBeGreaterThan(Date.parse(createdAt) - 1000);
    expect(Date.parse(updatedAt)).toBeGreaterThanOrEqual(Date.parse(createdAt));
    for (const time of [createdAt, lastSeenAt, updatedAt]) {
      expect(Date.parse(time)).toBeLessThanOrEqual(inbox.clock.nowMs);
    }
  }
});

test('asked twice, the same record is told', async () => {
  const inbox = openInbox({ contacts: 50, pageSize: 50 });
  expect(await inbox.ask()).toEqual(await inbox.ask());
});
