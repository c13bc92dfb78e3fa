import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DrainOutcome } from '#deliver/drain-ports.ts';
import type { LaneWork } from '#store/lane-work.ts';
import type { OutgoingWebhook, SendResult } from '#webhook/send.ts';
import { answered, unanswered } from '../../support/answers.ts';
import { setUpLane } from '../../support/lane.ts';
import { openConnection, openStore } from '../../support/stage.ts';
import { startSubscriber } from '../../support/subscriber.ts';

const connection = await openConnection();
const store = openStore(connection);
const ordered = { ordering: 'contact' } as const;
const contactOf = (body: string): string => JSON.parse(body).data.contact._id;

test('no contact has two deliveries on their way, and others flow meanwhile', async () => {
  const open: { contact: string; answer: () => void }[] = [];
  const subscriber = await startSubscriber(({ body }, response) => {
    open.push({ contact: contactOf(body), answer: () => response.writeHead(200).end() });
    // More would come as well, if it were allowed to.
    if (open.length < 4) return;
    expect(new Set(open.map(({ contact }) => contact)).size).toBe(4);
    for (const { answer } of open.splice(0)) answer();
  });
  const { drain, summary } = await setUpLane(store, {
    events: 60,
    contacts: 4,
    url: subscriber.url,
    subscription: ordered,
  });
  await drain();
  expect(subscriber.mostOpen).toBe(4);
  expect((await summary())?.counts).toMatchObject({ delivered: 60 });
});

test('a contact whose delivery hangs keeps no other back', async () => {
  const hanging = Promise.withResolvers<void>();
  const subscriber = await startSubscriber(async ({ body }, response) => {
    if (contactOf(body) === 'contact-1') await hanging.promise;
    response.writeHead(200).end();
  });
  const { drain } = await setUpLane(store, {
    events: 100,
    contacts: 2,
    url: subscriber.url,
    subscription: ordered,
  });
  const draining = drain();
  await subscriber.arrived(51);
  expect(subscriber.received.filter(({ body }) => contactOf(body) === 'contact-1')).toHaveLength(1);
  hanging.resolve();
  await draining;
  expect(subscriber.received).toHaveLength(100);
});

test('frain-dev/convoy#1525: later events of a contact wait until its retry succeeded, or its schedule is used up', async () => {
  const subscriber = await startSubscriber(({ id }, response) => {
    response.writeHead(id.endsWith('1') ? 500 : 200).end();
  });
  const { drain, clock, summary } = await setUpLane(store, {
    events: 4,
    contacts: 2,
    url: subscriber.url,
    maxInFlight: 1,
    schedule: [1000],
    subscription: ordered,
  });
  await drain('probe');
  const sent = () => subscriber.received.map(({ id }) => id.slice(-1)).join('');
  // Of contact 1 the first fails and the third waits for it; contact 0 has the second and the fourth.
  expect(sent()).toBe('124');
  expect((await summary())?.counts).toMatchObject({ pending: 1, retrying: 1, delivered: 2 });
  clock.nowMs += 1000;
  await drain('probe');
  expect(sent()).toBe('12413');
  expect((await summary())?.counts).toMatchObject({ pending: 0, failed: 1, delivered: 3 });
});

test('a subscription that becomes ordered is, from the next drain on', async () => {
  const subscriber = await startSubscriber(async (_webhook, response) => {
    if (subscriber.received.length === 1) {
      await store.subscriptions.update(id, (before) => ({ ...before, ...ordered }));
    }
    response.writeHead(200).end();
  });
  const { id, drain } = await setUpLane(store, {
    events: 120,
    contacts: 1,
    url: subscriber.url,
    maxInFlight: 1,
  });
  expect(await drain()).toEqual({ kind: 'more', failing: false });
  expect(subscriber.received.length).toBeLessThan(120);
  await drain();
  expect(subscriber.received).toHaveLength(120);
});

/** The same chances for the same seed. */
function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    const mixed = Math.imul(state ^ (state >>> 15), state | 1);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomAnswer(chance: () => number): SendResult {
  const drawn = chance();
  if (drawn < 0.7) return answered(200);
  if (drawn < 0.85) return answered(500);
  if (drawn < 0.9) return answered(503, 700);
  if (drawn < 0.93) return answered(410);
  return unanswered('timeout');
}

interface Trial {
  readonly seed: number;
  readonly maxInFlight: number;
  readonly contacts: number;
}

/** Drains until all has ended; answers what was sent with success, in order. */
async function runTrial({ seed, maxInFlight, contacts }: Trial) {
  const chance = chances(seed);
  const events = 40;
  const succeeded: string[] = [];
  const busy = new Set<string>();
  const overlaps: string[] = [];
  let abort = new AbortController();
  const send = async ({ body, eventId }: OutgoingWebhook): Promise<SendResult> => {
    const contact = contactOf(String(body));
    if (busy.has(contact)) overlaps.push(eventId);
    busy.add(contact);
    for (let turns = chance() * 4; turns > 1; turns -= 1) await new Promise(setImmediate);
    if (chance() < 0.02) abort.abort();
    busy.delete(contact);
    if (abort.signal.aborted && chance() < 0.5) return unanswered('aborted');
    const answer = randomAnswer(chance);
    if (answer.kind === 'answered' && answer.statusCode === 200) succeeded.push(eventId);
    return answer;
  };
  const record: LaneWork['record'] = async (lane, epoch, nowMs, outcomes) => {
    const drawn = chance();
    // The process dies before it recorded, or the lane is taken from it, or it dies before it hears that it did.
    if (drawn < 0.05) throw new Error('Dead before recording.');
    if (drawn < 0.1) {
      await connection.redis.hincrby(`{lane:${lane}}:state`, 'epoch', 1);
      await connection.redis.hdel(`{lane:${lane}}:state`, 'leaseUntilMs');
    }
    const recorded = await store.laneWork.record(lane, epoch, nowMs, outcomes);
    if (drawn > 0.95) throw new Error('Dead after recording.');
    return recorded;
  };
  const { id, drain, clock, pushed, summary } = await setUpLane(store, {
    events,
    contacts,
    maxInFlight,
    schedule: Array(6).fill(1000),
    subscription: ordered,
    wrap: { sender: { send }, work: { ...store.laneWork, record } },
  });
  let outcome: DrainOutcome = { kind: 'nothing' };
  for (let drains = 0; drains < 2000; drains += 1) {
    abort = new AbortController();
    const signals = { stopping: new AbortController().signal, abort: abort.signal };
    outcome = await drain('probe', signals).catch(() => ({ kind: 'nothing' }) as const);
    if (outcome.kind !== 'idle') continue;
    const isDisabled = (await summary())?.status === 'disabled';
    if (isDisabled) await store.lanes.resume(id, 'deliver', clock.nowMs);
    else if (outcome.nextDueMs === null) break;
    else clock.nowMs = Math.max(clock.nowMs, outcome.nextDueMs);
  }
  return { outcome, succeeded, overlaps, pushed, counts: (await summary())?.counts };
}

test('whatever is answered and wherever drains die, each contact’s events come in order and all end', async () => {
  const trials = fc.record({
    seed: fc.integer(),
    maxInFlight: fc.integer({ min: 1, max: 8 }),
    contacts: fc.integer({ min: 1, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(trials, async (trial) => {
      const { outcome, succeeded, overlaps, pushed, counts } = await runTrial(trial);
      expect(outcome).toEqual({ kind: 'idle', failing: expect.any(Boolean), nextDueMs: null });
      expect(overlaps).toEqual([]);
      expect(counts).toMatchObject({ pending: 0, retrying: 0 });
      expect((counts?.delivered ?? 0) + (counts?.failed ?? 0)).toBe(pushed.length);
      const firsts = [...new Set(succeeded)];
      const byContact = Map.groupBy(pushed, ({ event }) => String(event.data.contact._id));
      for (const ofOne of byContact.values()) {
        const ids = ofOne.map(({ event }) => event.id);
        const inOrder = ids.filter((eventId) => firsts.includes(eventId));
        expect(firsts.filter((eventId) => ids.some((each) => each === eventId))).toEqual(inOrder);
      }
    }),
    { numRuns: 15 },
  );
});
