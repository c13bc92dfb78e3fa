import { expect, test } from 'vitest';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { refusal, startGate, withoutFilters } from '../support/gate.ts';
import { contactsWith, startInbox } from '../support/inbox.ts';
import type { Cleanup } from '../support/running-service.ts';
import { noFaults } from '../support/truth.ts';
import { until } from '../support/until.ts';
import { startWatch } from '../support/watch.ts';
import { changeOf } from '../support/webhooks.ts';

/** One change of each kind by an agent, and one who is new; returns what is to be told of it. */
function happen(
  { population }: RunningSimulator,
  next: { closed(): string; open(): string },
): string[] {
  const [reopened, closed] = [next.closed(), next.open()];
  population.agentSetsStatus(reopened, 'ONHOLD');
  population.agentSetsStatus(closed, 'CLOSED');
  return [
    `contact.status_changed ${reopened} ONHOLD`,
    `contact.status_changed ${closed} CLOSED`,
    `contact.created ${population.createContact().id}`,
  ];
}

async function startOdd(onFinished: Cleanup) {
  const options = { contacts: 300, statusShares: { CLOSED: 8, OPEN: 2 } };
  const inbox = await startInbox(options, onFinished);
  const door = await startGate(inbox, onFinished);
  const watch = await startWatch(inbox, onFinished, { door });
  const { api } = watch.service;
  const { baseline } = (await api.source())!;
  const next = { closed: contactsWith(inbox, 'CLOSED'), open: contactsWith(inbox, 'OPEN') };
  const expected: string[] = [];
  return {
    inbox,
    door,
    watch,
    happen: () => expected.push(...happen(inbox, next)),
    source: async () => (await api.source())!,
    allTold: () => until('all of it told', () => watch.told().length >= expected.length, 60_000),
    /** Nothing but what happened was told, and the source never began anew. */
    async isUnharmed() {
      expect(await watch.settle()).toEqual(noFaults);
      expect(watch.told().slice(0, -1).map(changeOf).sort()).toEqual([...expected].sort());
      expect((await api.source())?.baseline).toMatchObject({
        startedAt: baseline.startedAt,
        completedAt: baseline.completedAt,
      });
    },
  };
}

test.concurrent('worst case: the inbox begins to ignore its filters: the source says so, and goes on slower', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const odd = await startOdd(onTestFinished);
  expect((await odd.source()).warnings).toEqual([]);
  odd.door.keep(async (request, pass) => pass(await withoutFilters(request)));
  const named = ['lastSeenAt', 'createdAt', 'status'];
  await until('a warning for each filter', async () => {
    const { warnings } = await odd.source();
    return named.every((name) => warnings.some((each) => each.includes(`\`${name}\``)));
  });
  expect((await odd.source()).inbox?.reading).toBe('pages');
  odd.happen();
  await odd.allTold();
  odd.door.keep(null);
  odd.happen();
  await odd.allTold();
  await odd.isUnharmed();
});

test.concurrent('worst case: the inbox changes its page size: nobody is taken for deleted, and no change is lost', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const odd = await startOdd(onTestFinished);
  for (const pageSize of [50, 7]) {
    odd.inbox.setPageSize(pageSize);
    odd.happen();
    await odd.allTold();
  }
  await until('it learned', async () => (await odd.source()).inbox?.pageSize === 7);
  odd.happen();
  await odd.allTold();
  await odd.isUnharmed();
});

test.concurrent('worst case: the token is revoked: the source fails with the reason, and goes on with a new token where it stood', {
  timeout: 120_000,
}, async ({ onTestFinished }) => {
  const odd = await startOdd(onTestFinished);
  const { api } = odd.watch.service;
  const fresh = 'a-fresh-token';
  odd.door.keep(async (request, pass) => {
    if (request.headers.get('authorization') !== `Bearer ${fresh}`) {
      return refusal(401, 'UNAUTHORIZED');
    }
    const headers = new Headers(request.headers);
    headers.set('authorization', `Bearer ${odd.inbox.token}`);
    return pass(new Request(request, { headers }));
  });
  await until('the source failing', async () => (await odd.source()).state === 'failing');
  expect((await odd.source()).error?.kind).toBe('unauthorized');
  odd.happen();
  expect(odd.watch.told()).toEqual([]);
  await api.change('default', { token: fresh });
  await odd.allTold();
  await until('all well again', async () => (await odd.source()).state === 'watching');
  expect((await odd.source()).contacts).toBe(301);
  await odd.isUnharmed();
});
