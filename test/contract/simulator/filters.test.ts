import { expect, test } from 'vitest';

import type { ContactWishes } from '#simulator/contact.ts';
import { allFilters, type FilterKey } from '#simulator/settings.ts';
import { openInbox, startMs } from './open-inbox.ts';

const dayMs = 86_400_000;
const iso = (timeMs: number) => new Date(timeMs).toISOString();

/** Two people who differ in everything; each filter must find the first and pass over the second. */
const first: ContactWishes = {
  platform: 'WEBSITE',
  bot: 'bot-one',
  name: 'Thabo Mokoena',
  email: 'thabo@example.com',
  phone: { prefix: '+27', number: '821234567' },
  tags: ['vip', 'returns'],
  segments: ['segment-one'],
  status: 'ONHOLD',
  agent: 'agent-one',
  orderedAtMs: startMs - dayMs,
  isContact: true,
  isLiveChatActive: true,
};
const second: ContactWishes = {
  ...first,
  bot: 'bot-two',
  name: 'Ana Lopes',
  email: 'ana@example.com',
  phone: { prefix: '+351', number: '912000000' },
  tags: ['gift'],
  segments: [],
  status: 'OPEN',
  agent: null,
  orderedAtMs: null,
  isContact: false,
  isLiveChatActive: false,
  isImported: true,
};

/** The second is made three minutes before the first, and imported: they never wrote. */
function twoPeople(options = {}) {
  const inbox = openInbox(options);
  const { id: secondId } = inbox.population.createContact(second);
  inbox.clock.nowMs += 180_000;
  const { id: firstId } = inbox.population.createContact(first);
  return { ...inbox, firstId, secondId };
}

const firstSeenMs = Math.floor((startMs + 180_000) / 1000) * 1000;
const firstMadeMs = startMs + 180_000;

const askings: [FilterKey, string, Record<string, unknown>][] = [
  ['searchText', 'part of a name, in any case', { searchText: 'mokO' }],
  ['searchText', 'part of an e-mail address', { searchText: 'thabo@' }],
  ['searchText', 'a phone number', { searchText: '+27821234567' }],
  ['tags', 'any of several', { tags: ['wholesale', 'vip'] }],
  ['status', 'any of several', { status: ['CLOSED', 'ONHOLD'] }],
  ['isOnline', 'true', { isOnline: true }],
  ['_botWebsite', 'a bot', { _botWebsite: ['bot-one'] }],
  ['_agentAssigned', 'an agent', { _agentAssigned: ['agent-one'] }],
  ['segments', 'a segment', { segments: ['segment-one'] }],
  ['lastSeenAt', 'from', { lastSeenAt: { startAt: iso(firstSeenMs), endsAt: '' } }],
  ['createdAt', 'from', { createdAt: { startAt: iso(firstMadeMs), endsAt: '' } }],
  ['userInteracted', 'true', { userInteracted: true }],
  ['lastMessageBy', 'the user', { lastMessageBy: ['user'] }],
  ['isLiveChatActive', 'true', { isLiveChatActive: true }],
  ['hasOrdered', 'true', { hasOrdered: { status: true, lastAt: '' } }],
  ['hasOrdered', 'since', { hasOrdered: { status: false, lastAt: iso(startMs - dayMs) } }],
  ['isContact', 'true', { isContact: true }],
];

test.each(askings)('%s filters by %s', async (key, _how, filter) => {
  const inbox = twoPeople({ filters: allFilters('always') });
  expect(await inbox.askIds(filter)).toEqual([inbox.firstId]);
  expect(await inbox.askIds({ ...filter, applicableFilters: [key] })).toEqual([inbox.firstId]);
});

test.each(askings)('%s by %s waits to be named where it must be', async (key, _how, filter) => {
  const inbox = twoPeople({ filters: { [key]: 'whenNamed' } });
  expect(await inbox.askIds(filter)).toEqual([inbox.firstId, inbox.secondId]);
  expect(await inbox.askIds({ ...filter, applicableFilters: [key] })).toEqual([inbox.firstId]);
});

test.each(askings)(
  '%s by %s is not heard where the inbox ignores it',
  async (key, _how, filter) => {
    const inbox = twoPeople({ filters: { [key]: 'never' } });
    const ids = await inbox.askIds({ ...filter, applicableFilters: [key] });
    expect(ids).toEqual([inbox.firstId, inbox.secondId]);
  },
);

test.each([
  ['WHATSAPP', '_botWhatsapp'],
  ['TELEGRAM', '_botTelegram'],
  ['FACEBOOK', '_botFacebook'],
] as const)('a bot on %s is asked for by %s', async (platform, key) => {
  const inbox = openInbox();
  const { id } = inbox.population.createContact({ platform, bot: 'bot-one' });
  inbox.population.createContact({ platform, bot: 'bot-two' });
  inbox.population.createContact({ platform: 'WEBSITE', bot: 'bot-one' });
  expect(await inbox.askIds({ [key]: ['bot-one'] })).toEqual([id]);
});

test('by default all filters are heard unnamed but userInteracted, as the sample suggests', async () => {
  const inbox = twoPeople();
  expect(await inbox.askIds({ userInteracted: true })).toHaveLength(2);
  expect(
    await inbox.askIds({ userInteracted: true, applicableFilters: ['userInteracted'] }),
  ).toEqual([inbox.firstId]);
});

test('a named filter that is empty hides no one', async () => {
  const inbox = twoPeople();
  const names = Object.keys(allFilters('always'));
  expect(await inbox.askIds({ applicableFilters: names })).toHaveLength(2);
});

test.each(['createdAt', 'lastSeenAt'] as const)('%s includes both of its bounds', async (key) => {
  const inbox = twoPeople();
  const [person] = await inbox.ask();
  const timeMs = Date.parse(person![key]);
  const between = (fromMs: number, toMs: number) =>
    inbox.askIds({ [key]: { startAt: iso(fromMs), endsAt: iso(toMs) } });
  expect(await between(timeMs, timeMs)).toEqual([person?._id]);
  expect(await between(timeMs + 1, timeMs + 1000)).toEqual([]);
  expect(await between(timeMs - 1000, timeMs - 1)).toEqual([]);
  expect(await inbox.askIds({ [key]: { startAt: '', endsAt: iso(timeMs - 1) } })).toEqual([
    inbox.secondId,
  ]);
});

test('several filters must all be met', async () => {
  const inbox = twoPeople();
  expect(await inbox.askIds({ status: ['ONHOLD'], searchText: 'ana' })).toEqual([]);
  expect(await inbox.askIds({ status: ['OPEN'], searchText: 'ana' })).toEqual([inbox.secondId]);
});

test('a slice by creation is listed in the inbox’s order and cut into its pages', async () => {
  const inbox = openInbox({ contacts: 60, pageSize: 10 });
  const all = inbox.population.listed().map(({ id }) => id);
  const createdAt = { startAt: '2000-01-01T00:00:00.000Z', endsAt: '' };
  expect(await inbox.askIds({ createdAt, page: 1 })).toEqual(all.slice(0, 10));
  expect(await inbox.askIds({ createdAt, page: 6 })).toEqual(all.slice(50));
  expect(await inbox.askIds({ createdAt, page: 7 })).toEqual([]);
});
