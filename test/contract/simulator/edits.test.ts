import { expect, test } from 'vitest';

import type { ContactEdit } from '#simulator/contact.ts';
import { noActivity, type SimulatorOptions } from '#simulator/settings.ts';
import { at as valueAt } from '../inbox/documents.ts';
import { openInbox, startMs } from './open-inbox.ts';

const at = new Date(startMs + 60_000).toISOString();

/** One contact of whom nothing is known, a minute later. */
function openWithOne(options: SimulatorOptions = {}) {
  const inbox = openInbox(options);
  const { id } = inbox.population.createContact({
    platform: 'WEBSITE',
    isAgentic: false,
    name: '',
    email: '',
    phone: { prefix: '', number: '' },
    tags: [],
    segments: [],
    attributes: [],
    isSubscriber: true,
    isUserBlocked: false,
    orderedAtMs: null,
  });
  inbox.clock.nowMs += 60_000;
  const see = async () => (await inbox.ask())[0]!;
  const truth = () => inbox.population.truth.slice(1);
  return { ...inbox, id, see, truth };
}

const user = 'profile.userDetails';
const edits: [string, ContactEdit, string, unknown][] = [
  ['name', { name: 'Mei Wang' }, `${user}.name`, 'Mei Wang'],
  ['email', { email: 'mei@example.com' }, `${user}.contact.email`, 'mei@example.com'],
  ['phone', { phone: { prefix: '+86', number: '1' } }, `${user}.contact.phone.prefix`, '+86'],
  ['tags', { tags: ['vip'] }, `${user}.tags`, ['vip']],
  ['segments', { segments: ['s1'] }, 'segments', ['s1']],
  [
    'attributes',
    { attributes: [{ key: 'size', value: 'L' }] },
    `${user}.attributes`,
    [{ key: 'size', value: 'L' }],
  ],
  ['isSubscriber', { isSubscriber: false }, 'isSubscriber', false],
  ['isUserBlocked', { isUserBlocked: true }, 'isUserBlocked', true],
];

test.each(edits)(
  '%s can be edited, and its new value is in the truth',
  async (name, edit, path, value) => {
    const { id, population, see, truth } = openWithOne();
    const before = await see();
    population.edit(id, edit);
    const after = await see();
    expect(valueAt(after, path)).toEqual(value);
    expect(after).toMatchObject({ updatedAt: at, lastSeenAt: before.lastSeenAt });
    const told = { fields: [name], values: edit };
    expect(truth()).toEqual([{ at, contactId: id, kind: 'updated', ...told, by: 'agent' }]);
  },
);

test('an edit that changes nothing is none', async () => {
  const { id, population, see, truth } = openWithOne();
  const before = await see();
  population.edit(id, { name: '', tags: [], isUserBlocked: false });
  expect(await see()).toEqual(before);
  expect(truth()).toEqual([]);
});

test('an e-mail address that comes later makes a contact of a visitor', async () => {
  const { id, population, ask } = openWithOne();
  expect(await ask({ isContact: true })).toEqual([]);
  population.edit(id, { email: 'late@example.com' });
  expect(await ask({ isContact: true })).toHaveLength(1);
});

test('an order is in the record, and the visitor was not seen for it', async () => {
  const { id, population, see, truth } = openWithOne();
  const { lastSeenAt } = await see();
  population.visitorOrders(id);
  const hasOrdered = { status: true, lastAt: at };
  expect(await see()).toMatchObject({ hasOrdered, lastSeenAt, updatedAt: at });
  const told = { fields: ['hasOrdered'], values: { hasOrdered } };
  expect(truth()).toEqual([{ at, contactId: id, kind: 'updated', ...told, by: 'visitor' }]);
});

const fusses: [string, ContactEdit, string, unknown][] = [
  ['unreadMessages', { unreadMessages: 7 }, 'unreadMessages', 7],
  ['notes', { notes: ['Nice.', 'Tall.'] }, 'profile.notes.1.description', 'Tall.'],
  ['conversationSummary', { summary: 'Tea.' }, 'conversationSummary.summary', 'Tea.'],
  ['isOnline', { onlineUntilMs: startMs + 600_000 }, 'isOnline', true],
];

test.each(fusses)('%s may change, and nobody need care', async (name, edit, path, value) => {
  const inbox = openWithOne();
  const { id, population, see, truth, clock } = inbox;
  clock.nowMs = startMs + 300_000;
  const now = new Date(clock.nowMs).toISOString();
  population.edit(id, edit);
  expect(valueAt(await see(), path)).toEqual(value);
  expect((await see()).updatedAt).toBe(now);
  const told = { kind: 'touched', fields: [name] };
  expect(truth()).toEqual([{ at: now, contactId: id, ...told, by: 'agent' }]);
});

test('a note changes nothing else in the record', async () => {
  const { id, population, see } = openWithOne();
  const before = await see();
  population.edit(id, { notes: ['One.', 'Two.', 'Three.'] });
  const { notes: _notes, ...profile } = (await see()).profile as Record<string, unknown>;
  expect(before.profile).toMatchObject(profile);
});

test('a live chat begins and ends apart from the status, or with it', async () => {
  const { id, population, see, truth } = openWithOne();
  population.setLiveChat(id, true);
  population.setLiveChat(id, true);
  expect(await see()).toMatchObject({ isLiveChatActive: true, status: 'OPEN', updatedAt: at });
  population.agentSetsStatus(id, 'INPROGRESS');
  population.agentSetsStatus(id, 'CLOSED');
  expect(await see()).toMatchObject({ isLiveChatActive: false });
  const common = { at, contactId: id, by: 'agent' };
  expect(truth()).toEqual([
    { ...common, kind: 'live_chat_started' },
    { ...common, kind: 'status_changed', from: 'OPEN', to: 'INPROGRESS' },
    { ...common, kind: 'status_changed', from: 'INPROGRESS', to: 'CLOSED' },
    { ...common, kind: 'live_chat_ended' },
  ]);
});

test.each(['removed', 'listed'] as const)(
  'who was deleted comes back under the same id, with deleted ones %s',
  async (deleted) => {
    const { id, population, ask, truth } = openWithOne({ deleted });
    population.remove(id);
    population.restore(id);
    expect(await ask({ status: ['OPEN'] })).toMatchObject([{ _id: id, status: 'OPEN' }]);
    const restored = { at, contactId: id, kind: 'restored', to: 'OPEN', by: 'agent' };
    expect(truth().at(-1)).toEqual(restored);
    expect(() => population.restore(id)).toThrow(`no contact ${id}`);
  },
);

test('a stamp can be set back and forward with a changed status, and goes on from there', async () => {
  const { id, population, see, truth } = openWithOne();
  const [back, ahead] = [startMs - 86_400_000, startMs + 86_400_000];
  population.misdate(id, back, 'REVIEW');
  expect(await see()).toMatchObject({
    status: 'REVIEW',
    updatedAt: new Date(back).toISOString(),
  });
  population.misdate(id, ahead);
  population.agentSetsStatus(id, 'ONHOLD');
  expect((await see()).updatedAt).toBe(new Date(ahead + 1).toISOString());
  expect(truth().map(({ kind, to, fields, by }) => ({ kind, to, fields, by }))).toEqual([
    { kind: 'status_changed', to: 'REVIEW', fields: undefined, by: 'system' },
    { kind: 'touched', to: undefined, fields: ['updatedAt'], by: 'system' },
    { kind: 'status_changed', to: 'ONHOLD', fields: undefined, by: 'agent' },
  ]);
});

test.each([
  ['edits', ['updated']],
  ['flagChanges', ['updated']],
  ['liveChatSwitches', ['live_chat_ended', 'live_chat_started']],
  ['reassignments', ['assigned']],
] as const)('left to themselves, %s make a truth of nothing but %j', (activity, kinds) => {
  const { population } = openInbox({
    contacts: 500,
    activityPerMinute: { ...noActivity, [activity]: 10 },
  });
  population.advanceTo(startMs + 3_600_000);
  expect([...new Set(population.truth.map(({ kind }) => kind))].sort()).toEqual([...kinds]);
  // Every edit, or nearly, changes something.
  expect(population.truth.length).toBeGreaterThan(450);
});

test('agents also leave conversations to nobody', () => {
  const { population } = openInbox({
    contacts: 500,
    activityPerMinute: { ...noActivity, reassignments: 10 },
  });
  population.advanceTo(startMs + 3_600_000);
  expect(population.truth.filter(({ to }) => to === undefined).length).toBeGreaterThan(10);
});
