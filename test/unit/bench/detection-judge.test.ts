import { expect, test } from 'vitest';
import {
  asItWas,
  judge,
  type Move,
  type Sighting,
  type Trial,
} from '../../bench/detection-judge.ts';

const contactId = 'adam';
let events = 0;

function becomes(to: string, atMs: number, kind: string | null = 'status'): Move {
  return { contactId, aspect: 'status', kind, atMs, to };
}

function announced(to: string, atMs: number, more: Partial<Sighting> = {}): Sighting {
  events += 1;
  return { contactId, aspect: 'status', atMs, to, eventId: `evt_${events}`, ...more };
}

function remembered(to: string, atMs: number): Sighting {
  return announced(to, atMs, { eventId: null });
}

/** Everything that stands for 100 ms has been read twice. */
function judged(moves: Move[], sightings: Sighting[], more: Partial<Trial> = {}) {
  const verdict = judge({
    moves,
    sightings,
    fromMs: 0,
    toMs: 1000,
    endMs: 1000,
    hasPersisted: (fromMs, untilMs) => untilMs - fromMs >= 100,
    ...more,
  });
  return {
    delays: Object.fromEntries(verdict.delays),
    collapsed: Object.fromEntries(verdict.collapsed),
    pending: verdict.pending.length,
    missed: verdict.missed.length,
    invented: verdict.invented.length,
    doubled: verdict.doubled.length,
    disordered: verdict.disordered.length,
  };
}

const clean = {
  delays: {},
  collapsed: {},
  pending: 0,
  missed: 0,
  invented: 0,
  doubled: 0,
  disordered: 0,
};

test('a change is timed from when it happened until it was announced', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 200)];
  const sightings = [announced('OPEN', 40), announced('CLOSED', 205)];
  expect(judged(moves, sightings)).toEqual({ ...clean, delays: { status: [30, 5] } });
});

test('a change that stood through two readings without an announcement is missed', () => {
  expect(judged([becomes('OPEN', 900)], [])).toEqual({ ...clean, missed: 1 });
});

test('a change that nobody could have read twice yet is pending', () => {
  expect(judged([becomes('OPEN', 901)], [])).toEqual({ ...clean, pending: 1 });
});

test('a change that another soon followed collapsed into it', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 109)];
  const verdict = judged(moves, [announced('CLOSED', 150)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [41] }, collapsed: { status: 1 } });
});

test('a change that stood long enough is missed although another followed it and was announced', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 110)];
  const verdict = judged(moves, [announced('CLOSED', 150)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [40] }, missed: 1 });
});

test('a change that was soon undone collapsed, and so did its undoing', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 50)];
  const verdict = judged(moves, [remembered('CLOSED', 1)]);
  expect(verdict).toEqual({ ...clean, collapsed: { status: 2 } });
});

test('of a change that was undone late the change is missed and not its undoing', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 500)];
  const verdict = judged(moves, [remembered('CLOSED', 1)]);
  expect(verdict).toEqual({ ...clean, missed: 1, collapsed: { status: 1 } });
});

test('a change that was soon undone is not missed because the next one came late', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 50), becomes('ONHOLD', 500)];
  const verdict = judged(moves, [remembered('CLOSED', 1), announced('ONHOLD', 510)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [10] }, collapsed: { status: 2 } });
});

test('a change there and back and there again is told of once, as the last of them', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 20), becomes('OPEN', 30)];
  const verdict = judged(moves, [announced('OPEN', 35)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [5] }, collapsed: { status: 2 } });
});

test('an event of what never happened is invented', () => {
  expect(judged([], [announced('OPEN', 40)])).toEqual({ ...clean, invented: 1 });
});

test('an event of something else than what happened is invented', () => {
  const verdict = judged([becomes('OPEN', 10)], [announced('CLOSED', 40)]);
  expect(verdict).toEqual({ ...clean, invented: 1, missed: 1 });
});

test('an event of what happened only later is invented', () => {
  const verdict = judged([becomes('OPEN', 41)], [announced('OPEN', 40), announced('OPEN', 50)]);
  expect(verdict).toEqual({ ...clean, invented: 1, delays: { status: [9] } });
});

test('an event of another contact, or of another of its aspects, explains nothing', () => {
  const others = [{ contactId: 'eve' }, { aspect: 'agent' }];
  for (const other of others) {
    const verdict = judged([becomes('OPEN', 10)], [announced('OPEN', 40, other)]);
    expect(verdict).toEqual({ ...clean, invented: 1, missed: 1 });
  }
});

test('two events of one change are one too many', () => {
  const verdict = judged([becomes('OPEN', 10)], [announced('OPEN', 40), announced('OPEN', 50)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [30] }, doubled: 1 });
});

test('the same event id twice is one too many, even for two changes', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 50), becomes('OPEN', 90)];
  const sightings = [
    announced('OPEN', 20, { eventId: 'evt_x' }),
    announced('CLOSED', 60),
    announced('OPEN', 95, { eventId: 'evt_x' }),
  ];
  expect(judged(moves, sightings)).toMatchObject({ doubled: 1 });
});

test('one event may tell of several aspects', () => {
  const moves = [becomes('OPEN', 10), { ...becomes('eva', 10), aspect: 'agent' }];
  const sightings = [
    announced('OPEN', 20, { eventId: 'evt_x' }),
    announced('eva', 20, { eventId: 'evt_x', aspect: 'agent' }),
  ];
  expect(judged(moves, sightings)).toEqual({ ...clean, delays: { status: [10, 10] } });
});

test('what was remembered in silence is no news, and what came before it need not be announced', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 300)];
  const verdict = judged(moves, [remembered('OPEN', 250), announced('CLOSED', 310)]);
  expect(verdict).toEqual({ ...clean, delays: { status: [10] } });
});

test('an event that repeats what was remembered in silence is invented', () => {
  const verdict = judged([], [remembered('OPEN', 10), announced('OPEN', 20)]);
  expect(verdict).toEqual({ ...clean, invented: 1 });
});

test('remembering once more what was announced makes no old change new', () => {
  const sightings = [announced('OPEN', 20), remembered('OPEN', 30), announced('OPEN', 40)];
  const verdict = judged([becomes('OPEN', 10)], sightings);
  expect(verdict).toEqual({ ...clean, delays: { status: [10] }, doubled: 1 });
});

test('what was remembered as it was need not be announced, and is known from then on', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 200), becomes('ONHOLD', 500)];
  const silent = announced('', 300, { eventId: null, to: asItWas });
  const right = judged(moves, [silent, announced('ONHOLD', 510, { from: 'CLOSED' })]);
  expect(right).toEqual({ ...clean, delays: { status: [10] } });
  const wrong = judged(moves, [silent, announced('ONHOLD', 510, { from: 'OPEN' })]);
  expect(wrong).toMatchObject({ disordered: 1 });
});

test('an event that says the contact had been something else than was said is out of order', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 50)];
  const sightings = [announced('OPEN', 20), announced('CLOSED', 60, { from: 'ONHOLD' })];
  expect(judged(moves, sightings)).toMatchObject({ disordered: 1 });
  const right = [announced('OPEN', 20), announced('CLOSED', 60, { from: 'OPEN' })];
  expect(judged(moves, right)).toMatchObject({ disordered: 0 });
});

test('an event that says it happened at another time is out of order', () => {
  const moves = [becomes('OPEN', 50_000)];
  const during = (notBeforeMs: number, notAfterMs: number) =>
    judged(moves, [announced('OPEN', 90_000, { occurred: { notBeforeMs, notAfterMs } })]);
  expect(during(0, 48_900)).toMatchObject({ disordered: 1 });
  expect(during(51_100, 90_000)).toMatchObject({ disordered: 1 });
  expect(during(50_900, 90_000)).toMatchObject({ disordered: 0 });
});

test('who came and went unseen collapsed', () => {
  const came = { ...becomes('listed', 10, 'created'), from: 'gone' };
  const verdict = judged([came, becomes('gone', 50, 'deleted')], []);
  expect(verdict).toEqual({ ...clean, collapsed: { created: 1, deleted: 1 } });
});

test('what happened before or after the measured time explains events and is counted nowhere', () => {
  const moves = [becomes('OPEN', 10), becomes('CLOSED', 500), becomes('OPEN', 900)];
  const sightings = [announced('OPEN', 40), announced('CLOSED', 540), announced('OPEN', 950)];
  const verdict = judged(moves, sightings, { fromMs: 100, toMs: 800 });
  expect(verdict).toEqual({ ...clean, delays: { status: [40] } });
});

test('what no event tells of is neither missed nor pending', () => {
  const verdict = judged([becomes('OPEN', 10, null), becomes('CLOSED', 950, null)], []);
  expect(verdict).toEqual(clean);
});
