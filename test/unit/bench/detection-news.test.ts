import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Snapshot } from '#domain/contact.ts';
import type { Transition } from '#simulator/world.ts';
import type { PageCommit } from '#store/contacts.ts';
import { judge } from '../../bench/detection-judge.ts';
import { collectNews } from '../../bench/detection-news.ts';

const contactId = '665f1f77bcf86cd799439011';
const startMs = Date.parse('2026-06-12T10:00:00.000Z');
const iso = (second: number) => new Date(startMs + second * 1000).toISOString();

function happened(second: number, kind: Transition['kind'], more: Partial<Transition> = {}) {
  return { at: iso(second), contactId, kind, by: 'agent', ...more } satisfies Transition;
}

type Changes = NonNullable<ChangeEvent['data']['changes']>;

let events = 0;

function told(
  second: number,
  type: ChangeEvent['type'],
  changes: Changes = {},
  more: Partial<ChangeEvent['data']> = {},
): ChangeEvent {
  events += 1;
  const contact = { _id: contactId };
  const occurred = { notBefore: null, notAfter: iso(second) };
  const data = { source: 'watched', sequence: second, contact, changes, occurred, ...more };
  return { id: `evt_${events}`, type, timestamp: iso(second), data };
}

const known: Snapshot = {
  status: 'OPEN',
  sequence: 1,
  createdAtMs: 1,
  updatedAtMs: 1,
  observedAtMs: 1,
  presence: 'listed',
  watched: null,
};
const seeds = [{ contactId, before: null, after: known }];

/** What comes of it when the contact was seeded in second 0 and these pages were committed later. */
function judged(
  truth: readonly Transition[],
  pages: readonly { readonly second: number; readonly events: readonly ChangeEvent[] }[],
  { clockOffsetMs = 0, snapshots = seeds as PageCommit['snapshots'] } = {},
) {
  let nowMs = startMs;
  const news = collectNews(() => nowMs, clockOffsetMs);
  const commit = (page: Partial<PageCommit>) =>
    news.onCommit({ epoch: '1', snapshots: [], events: [], state: {}, ...page });
  commit({ snapshots });
  for (const page of pages) {
    nowMs = startMs + page.second * 1000;
    commit({ events: page.events });
  }
  const endMs = startMs + 1_000_000;
  const verdict = judge({
    ...news.upTo(truth),
    fromMs: startMs,
    toMs: endMs,
    endMs,
    hasPersisted: (fromMs, untilMs) => untilMs - fromMs >= 100_000,
  });
  return {
    delays: Object.fromEntries(verdict.delays),
    collapsed: Object.fromEntries(verdict.collapsed),
    missed: verdict.missed.map(({ kind }) => kind),
    invented: verdict.invented.length,
    doubled: verdict.doubled.length,
    disordered: verdict.disordered.length + news.outOfSequence(),
  };
}

const clean = { delays: {}, collapsed: {}, missed: [], invented: 0, doubled: 0, disordered: 0 };

const catalogue: [string, Partial<Transition> & { kind: Transition['kind'] }, ChangeEvent][] = [
  [
    'status by agent',
    { kind: 'status_changed', from: 'OPEN', to: 'CLOSED' },
    told(12, 'contact.status_changed', { status: { from: 'OPEN', to: 'CLOSED' } }),
  ],
  [
    'status by visitor',
    { kind: 'status_changed', from: 'OPEN', to: 'CLOSED', by: 'visitor' },
    told(12, 'contact.status_changed', { status: { from: 'OPEN', to: 'CLOSED' } }),
  ],
  [
    'assigned',
    { kind: 'assigned', to: 'eva' },
    told(12, 'contact.assigned', { _agentAssigned: { from: null, to: 'eva' } }),
  ],
  ['live chat', { kind: 'live_chat_started' }, told(12, 'contact.live_chat_started')],
  [
    'message',
    { kind: 'message', by: 'visitor' },
    told(
      12,
      'contact.message_received',
      {},
      { contact: { _id: contactId, lastMessage: { at: iso(10) } } },
    ),
  ],
  [
    'updated',
    { kind: 'updated', values: { phone: { prefix: '34', number: '1' } } },
    told(12, 'contact.updated', { phone: { to: { number: '1', prefix: '34' } } }),
  ],
  ['deleted', { kind: 'deleted', from: 'OPEN' }, told(12, 'contact.deleted')],
];

test.each(catalogue)(
  '%s: announced it is timed, and unannounced it is missed',
  (kind, move, event) => {
    const truth = [happened(10, move.kind, move)];
    const announced = judged(truth, [{ second: 12, events: [event] }]);
    expect(announced).toEqual({ ...clean, delays: { [kind]: [2000] } });
    expect(judged(truth, [])).toEqual({ ...clean, missed: [kind] });
    expect(judged([], [{ second: 12, events: [event] }])).toMatchObject({ invented: 1 });
  },
);

test.each(['created', 'imported'] as const)('who is %s is timed by the event of it', (kind) => {
  const truth = [happened(10, kind, { to: 'OPEN' })];
  const contact = { _id: contactId, status: 'OPEN' };
  const events = [told(12, 'contact.created', {}, { contact })];
  const found = judged(truth, [{ second: 12, events }], { snapshots: [] });
  expect(found).toEqual({ ...clean, delays: { [kind]: [2000] } });
  expect(judged(truth, [], { snapshots: [] })).toEqual({ ...clean, missed: [kind] });
});

test('what changed before the first sight is told with it, and what changes later by itself', () => {
  const truth = [
    happened(10, 'created', { to: 'OPEN' }),
    happened(11, 'status_changed', { from: 'OPEN', to: 'ONHOLD' }),
    happened(200, 'status_changed', { from: 'ONHOLD', to: 'CLOSED' }),
  ];
  const contact = { _id: contactId, status: 'ONHOLD' };
  const pages = [
    { second: 12, events: [told(12, 'contact.created', {}, { contact })] },
    {
      second: 203,
      events: [told(203, 'contact.status_changed', { status: { from: 'ONHOLD', to: 'CLOSED' } })],
    },
  ];
  const verdict = judged(truth, pages, { snapshots: [] });
  expect(verdict).toEqual({ ...clean, delays: { created: [2000], 'status by agent': [3000] } });
});

test('a visitor’s message that the bot soon answered collapsed', () => {
  const truth = [
    happened(10, 'message', { by: 'visitor' }),
    happened(12, 'message', { by: 'system' }),
  ];
  expect(judged(truth, [])).toEqual({ ...clean, collapsed: { message: 1 } });
});

test('what nobody need care about is no news, and an event of it is invented', () => {
  const truth = [happened(10, 'touched', { fields: ['unreadMessages'] })];
  expect(judged(truth, [])).toEqual(clean);
  const events = [told(12, 'contact.updated', { tags: { to: [] } })];
  expect(judged(truth, [{ second: 12, events }])).toEqual({ ...clean, invented: 1 });
});

test('what was to be said of someone who is gone soon after need not be said', () => {
  const truth = [
    happened(10, 'status_changed', { from: 'OPEN', to: 'CLOSED' }),
    happened(20, 'deleted', { from: 'CLOSED' }),
  ];
  const verdict = judged(truth, [{ second: 500, events: [told(500, 'contact.deleted')] }]);
  expect(verdict).toEqual({
    ...clean,
    delays: { deleted: [480_000] },
    collapsed: { 'status by agent': 1 },
  });
});

test('lists and objects are the same in whatever order their parts come', () => {
  const truth = [happened(10, 'updated', { values: { tags: ['a', 'b'] } })];
  const events = [told(12, 'contact.updated', { tags: { to: ['b', 'a'] } })];
  const verdict = judged(truth, [{ second: 12, events }]);
  expect(verdict).toEqual({ ...clean, delays: { updated: [2000] } });
});

test('an inbox whose clock is ahead is judged by ours', () => {
  const truth = [happened(3610, 'status_changed', { from: 'OPEN', to: 'CLOSED' })];
  const events = [told(3612, 'contact.status_changed', { status: { from: 'OPEN', to: 'CLOSED' } })];
  const verdict = judged(truth, [{ second: 12, events }], { clockOffsetMs: 3_600_000 });
  expect(verdict).toEqual({ ...clean, delays: { 'status by agent': [2000] } });
});

test('a sequence that does not grow is out of order, except within one observation', () => {
  const truth = [
    happened(10, 'status_changed', { from: 'OPEN', to: 'CLOSED' }),
    happened(10, 'assigned', { to: 'eva' }),
  ];
  const closed = told(12, 'contact.status_changed', { status: { from: 'OPEN', to: 'CLOSED' } });
  const assigned = told(12, 'contact.assigned', { _agentAssigned: { from: null, to: 'eva' } });
  const together = [{ second: 12, events: [closed, assigned] }];
  expect(judged(truth, together)).toMatchObject({ disordered: 0 });
  const apart = together[0]?.events.map((event) => ({ second: 12, events: [event] })) ?? [];
  expect(judged(truth, apart)).toMatchObject({ disordered: 1 });
});
