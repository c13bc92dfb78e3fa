import { expect, test } from 'vitest';

import { everyone } from '#simulator/question.ts';
import { noActivity } from '#simulator/settings.ts';
import { openInbox, type Person, startMs } from './open-inbox.ts';

const ids = (people: readonly Person[]) => people.map(({ _id }) => _id);
const iso = (timeMs: number) => new Date(timeMs).toISOString();

/** Some have changed, one is new and one is gone, all of it a second ago. */
async function openMoved(lies: object) {
  const inbox = openInbox({ contacts: 30, pageSize: 100, lies });
  const before = await inbox.ask();
  const [first, second, third] = ids(before) as [string, string, string];
  inbox.clock.nowMs += 60_000;
  inbox.population.agentSetsStatus(first, 'Moved');
  inbox.population.remove(second);
  inbox.population.visitorWrites(third, 'Now!');
  const { id: created } = inbox.population.createContact({ status: 'Moved' });
  inbox.clock.nowMs += 1000;
  return { ...inbox, before, first, second, third, created };
}

test('a stale answer is what was answered then, and later what is answered now', async () => {
  const { ask, askIds, before, clock, first, created } = await openMoved({
    staleAnswers: 1,
    staleMs: 10_000,
  });
  expect(ids(await ask())).toEqual(ids(before));
  expect((await ask()).map(({ status }) => status)).toEqual(before.map(({ status }) => status));
  expect(await askIds({ status: ['Moved'] })).toEqual([]);
  clock.nowMs += 9000;
  expect((await askIds({ status: ['Moved'] })).toSorted()).toEqual([first, created].sort());
  expect(await ask()).toHaveLength(30);
});

test('only a share of the answers is stale', async () => {
  const inbox = openInbox({ requestsPerMinute: 1e6, lies: { staleAnswers: 0.25, staleMs: 1e6 } });
  inbox.population.createContact();
  let stale = 0;
  for (let n = 0; n < 2000; n += 1) if ((await inbox.ask()).length === 0) stale += 1;
  // Five standard deviations of a binomial: 5 × √(2000 × 0.25 × 0.75) < 100.
  expect(Math.abs(stale - 500)).toBeLessThan(100);
});

test('someone who was deleted and came back is so in the replica too, a while later', async () => {
  const inbox = openInbox({ lies: { staleAnswers: 1, staleMs: 10_000 } });
  const { id } = inbox.population.createContact();
  inbox.clock.nowMs += 20_000;
  inbox.population.remove(id);
  inbox.clock.nowMs += 5000;
  inbox.population.restore(id);
  expect(await inbox.askIds({})).toEqual([id]);
  inbox.clock.nowMs += 5000;
  expect(await inbox.askIds({})).toEqual([]);
  inbox.clock.nowMs += 5000;
  expect(await inbox.askIds({})).toEqual([id]);
});

test('a lagging index hides a change from the filters, not from the record', async () => {
  const { ask, askIds, clock, first, second, before, created } = await openMoved({
    indexLagMs: 10_000,
  });
  expect(await askIds({ status: ['Moved'] })).toEqual([]);
  const old = before.find(({ _id }) => _id === first)!;
  const found = await ask({ status: [old.status] });
  expect(found.find(({ _id }) => _id === first)?.status).toBe('Moved');
  // Who is gone leaves a gap, and who is new is not there yet.
  expect(ids(await ask())).toEqual(ids(before).filter((id) => id !== second));
  clock.nowMs += 9000;
  expect((await askIds({ status: ['Moved'] })).toSorted()).toEqual([first, created].sort());
});

test('a stamp that was misdated is misdated in the replica too', async () => {
  const inbox = openInbox({ lies: { staleAnswers: 1, staleMs: 1000 } });
  const { id } = inbox.population.createContact();
  inbox.population.misdate(id, startMs - 5000, 'REVIEW');
  inbox.clock.nowMs += 1000;
  expect(await inbox.ask()).toMatchObject([{ status: 'REVIEW', updatedAt: iso(startMs - 5000) }]);
});

test('short pages lack some records, others each time, and more follow', async () => {
  const inbox = openInbox({ contacts: 60, pageSize: 20, lies: { shortPages: 1 } });
  const seen = [];
  for (let n = 0; n < 20; n += 1) {
    const page = await inbox.askIds({});
    expect(page.length).toBeLessThan(20);
    expect(page.length).toBeGreaterThan(5);
    seen.push(...page);
  }
  expect(new Set(seen).size).toBe(20);
  expect(await inbox.askIds({ page: 2 })).not.toEqual([]);
});

test('empty pages are a share of all, whatever follows', async () => {
  const inbox = openInbox({
    contacts: 60,
    requestsPerMinute: 1e6,
    lies: { emptyPages: 0.25 },
  });
  const lengths = [];
  for (let n = 0; n < 400; n += 1) lengths.push((await inbox.ask({ page: 2 })).length);
  expect(new Set(lengths)).toEqual(new Set([0, 20]));
  // Five standard deviations of a binomial: 5 × √(400 × 0.25 × 0.75) < 44.
  expect(Math.abs(lengths.filter((length) => length === 0).length - 100)).toBeLessThan(44);
});

test('past the end comes the last page again, of a slice too', async () => {
  const inbox = openInbox({ contacts: 45, pageSize: 20, lies: { pastEnd: 'lastPage' } });
  const last = await inbox.askIds({ page: 3 });
  expect(last).toHaveLength(5);
  expect(await inbox.askIds({ page: 4 })).toEqual(last);
  expect(await inbox.askIds({ page: 99 })).toEqual(last);
  const createdAt = { startAt: '', endsAt: '2000-01-01' };
  expect(await inbox.askIds({ createdAt, page: 2 })).toEqual([]);
});

test('an inbox that ignores the page shows the first', async () => {
  const inbox = openInbox({ contacts: 45, lies: { ignoresPage: true } });
  const first = await inbox.askIds({});
  expect(await inbox.askIds({ page: 2 })).toEqual(first);
});

test('shuffled, every answer has an order of its own', async () => {
  const inbox = openInbox({ contacts: 45, pageSize: 45, lies: { shuffles: true } });
  const [one, two] = [await inbox.askIds({}), await inbox.askIds({})];
  expect(one).not.toEqual(two);
  expect(one.toSorted()).toEqual(two.toSorted());
  expect(await inbox.askIds({ page: 2 })).toEqual([]);
});

test('broken records lack what they need, or are none', async () => {
  const inbox = openInbox({ contacts: 200, pageSize: 200, lies: { brokenRecords: 0.5 } });
  const people: unknown[] = await inbox.ask();
  const faultOf = (person: unknown) => {
    if (typeof person !== 'object' || person === null) return JSON.stringify(person);
    return ['_id', 'status', 'createdAt'].find((key) => !(key in person)) ?? 'none';
  };
  const faults = Map.groupBy(people, faultOf);
  const kinds = ['"[object Object]"', '_id', 'createdAt', 'none', 'null', 'status'];
  expect([...faults.keys()].sort()).toEqual(kinds);
  // Five standard deviations of a binomial: 5 × √(200 × 0.25) < 36.
  expect(Math.abs(faults.get('none')!.length - 100)).toBeLessThan(36);
  expect(people).toHaveLength(200);
});

test('stamps can be cut to seconds while filters still know better', async () => {
  const inbox = openInbox({ contacts: 50, pageSize: 50, lies: { stampsInSeconds: true } });
  inbox.clock.nowMs += 60_000;
  const { id } = inbox.population.createContact();
  const people = await inbox.ask();
  for (const { createdAt, updatedAt, lastSeenAt } of people) {
    for (const time of [createdAt, updatedAt, lastSeenAt]) expect(time).toMatch(/\.000Z$/);
  }
  const shown = people.find(({ _id }) => _id === id)?.createdAt ?? '';
  expect(await inbox.askIds({ createdAt: { startAt: shown, endsAt: shown } })).toEqual([]);
});

test('bounds can be read to the second only', async () => {
  const inbox = openInbox({ lies: { boundsInSeconds: true } });
  const { id } = inbox.population.createContact();
  const second = Math.floor(startMs / 1000) * 1000;
  const between = (fromMs: number, toMs: number) =>
    inbox.askIds({ createdAt: { startAt: iso(fromMs), endsAt: iso(toMs) } });
  expect(await between(second, second)).toEqual([id]);
  expect(await between(second + 999, second + 999)).toEqual([id]);
  expect(await between(second + 1000, second + 5000)).toEqual([]);
  expect(await between(second - 5000, second - 1)).toEqual([]);
});

test.each(['createdAt', 'lastSeenAt'] as const)('%s can exclude its bounds', async (key) => {
  const inbox = openInbox({ lies: { bounds: 'exclusive' } });
  inbox.population.createContact();
  const [person] = await inbox.ask();
  const timeMs = Date.parse(person![key]);
  const between = (fromMs: number, toMs: number) =>
    inbox.askIds({ [key]: { startAt: iso(fromMs), endsAt: iso(toMs) } });
  expect(await between(timeMs, timeMs + 1000)).toEqual([]);
  expect(await between(timeMs - 1000, timeMs)).toEqual([]);
  expect(await between(timeMs - 1, timeMs + 1)).toEqual([person?._id]);
});

test('somebody else with the token uses it up, and is not on record', async () => {
  const inbox = openInbox({ tokens: ['shared', 'own'], lies: { foreignPerMinute: 60 } });
  inbox.clock.nowMs += 60_000;
  let answered = 0;
  const ask = async (token: string) =>
    (await inbox.post(everyone, { authorization: `Bearer ${token}` })).status;
  expect(await ask('own')).toBe(200);
  while ((await ask('shared')) === 200) answered += 1;
  // 100 less 60, give or take five standard deviations of a Poisson process.
  expect(Math.abs(answered - 40)).toBeLessThan(39);
  expect(inbox.requests.received).toHaveLength(answered + 2);
});

test('the page size may change at any moment', async () => {
  const inbox = openInbox({ contacts: 45, pageSize: 20 });
  const all = [...(await inbox.askIds({})), ...(await inbox.askIds({ page: 2 }))];
  inbox.setPageSize(10);
  expect(await inbox.askIds({ page: 2 })).toEqual(all.slice(10, 20));
});

test('the same seed lies the same, and without lies all is told as it is', async () => {
  const lies = { staleAnswers: 0.5, staleMs: 5000, shortPages: 0.5, brokenRecords: 0.1 };
  const run = async (options: object) => {
    const activityPerMinute = { ...noActivity, agentStatusChanges: 100 };
    const inbox = openInbox({ contacts: 60, activityPerMinute, ...options });
    const answers = [];
    for (let n = 0; n < 20; n += 1) {
      inbox.clock.nowMs += 1000;
      answers.push(await inbox.ask());
    }
    return { answers, truth: inbox.population.truth };
  };
  const [one, again, honest] = [await run({ lies }), await run({ lies }), await run({})];
  expect(again).toEqual(one);
  expect(honest.truth).toEqual(one.truth);
  expect(honest.answers).not.toEqual(one.answers);
});
