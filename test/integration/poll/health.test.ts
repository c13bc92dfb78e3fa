import { expect, test } from 'vitest';
import type { InboxAnswer } from '#inbox/client.ts';
import { createPollJob } from '#poll/poll-job.ts';
import type { Budget } from '#store/budget.ts';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';

const connection = await openConnection();

const broken: InboxAnswer = {
  kind: 'unavailable',
  reason: 'server_error',
  message: 'The inbox was answered 500.',
};

/** A source whose baseline is complete, and an inbox that can be made to answer something else. */
async function watching() {
  const setup = await setUpPolling(connection);
  const { listContacts } = setup.ports.inbox;
  let fault: InboxAnswer | null = null;
  Object.assign(setup.ports, {
    inbox: {
      listContacts: async (...request: Parameters<typeof listContacts>) =>
        fault ?? listContacts(...request),
    },
  });
  while ((await setup.state()).baselineCompletedAtMs === undefined) {
    await setup.poll();
    setup.pass(10_000);
  }
  const health = async () =>
    (await setup.events()).filter(({ type }) => type.startsWith('source.'));
  return {
    ...setup,
    health,
    types: async () => (await health()).map(({ type }) => type),
    answerWith(answer: InboxAnswer | null) {
      fault = answer;
    },
    /** Polls as often as a failing source is polled. */
    async pollFor(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 10) {
        setup.pass(10_000);
        await setup.poll();
      }
    },
  };
}

test('a source that fails for a minute is announced once, and once more when it answers again', async () => {
  const { answerWith, pollFor, health, types, source, state } = await watching();
  answerWith(broken);
  await pollFor(60);
  expect(await types()).toEqual([]);
  await pollFor(120);
  expect(await types()).toEqual(['source.failing']);
  const { error } = await state();
  answerWith(null);
  await pollFor(60);
  const since = new Date(error?.sinceMs ?? 0).toISOString();
  const said = `${broken.message} It is asked again by itself.`;
  expect(await health()).toMatchObject([
    {
      data: { source: source.id, error: { kind: 'server_error', message: said, since } },
    },
    { type: 'source.recovered', data: { source: source.id, failingSince: since } },
  ]);
  expect((await health()).every(({ data }) => data.contact === undefined)).toBe(true);
  expect((await state()).error).toBeNull();
});

test('every spell of failures is announced', async () => {
  const { answerWith, pollFor, types } = await watching();
  for (let spell = 0; spell < 2; spell += 1) {
    answerWith(broken);
    await pollFor(90);
    answerWith(null);
    await pollFor(10);
  }
  const pair = ['source.failing', 'source.recovered'];
  expect(await types()).toEqual([...pair, ...pair]);
});

test('a spell goes on over a restart, and nothing of it is announced twice', async () => {
  const { answerWith, pollFor, pass, ports, source, types } = await watching();
  const restarted = () => createPollJob(ports)(source.id, new AbortController().signal);
  answerWith(broken);
  await pollFor(10);
  pass(600_000);
  await restarted();
  expect(await types()).toEqual(['source.failing']);
  pass(600_000);
  await restarted();
  expect(await types()).toEqual(['source.failing']);
  answerWith(null);
  pass(600_000);
  await restarted();
  await restarted();
  expect(await types()).toEqual(['source.failing', 'source.recovered']);
});

test('a revoked token is announced at once, and a new one recovers without a new baseline', async () => {
  const { poll, pass, store, source, health, types, events, state, simulator } = await watching();
  const { baselineId } = await state();
  const secret = 'a-token-that-was-revoked';
  await store.sources.update(source.id, (found) => ({ ...found, token: secret }));
  const known = simulator.population.listed()[0]?.id ?? '';
  pass(10_000);
  await poll();
  expect(await health()).toMatchObject([
    { type: 'source.failing', data: { error: { kind: 'unauthorized' } } },
  ]);
  expect(JSON.stringify(await events())).not.toContain(secret);
  simulator.population.agentSetsStatus(known, 'REVIEW');
  await store.sources.update(source.id, (found) => ({ ...found, token: source.token }));
  for (let polls = 0; polls < 3; polls += 1) {
    pass(10_000);
    await poll();
  }
  expect(await types()).toEqual(['source.failing', 'source.recovered']);
  expect((await state()).baselineId).toBe(baselineId);
  expect((await events()).filter(({ type }) => type.startsWith('contact.'))).toMatchObject([
    { type: 'contact.status_changed', data: { contact: { _id: known } } },
  ]);
});

test('a source whose token is held back for an hour counts as failing after a minute', async () => {
  const { answerWith, pollFor, ports, types } = await watching();
  let isHeld = false;
  const cut = { halved: true, limitInForce: 50 };
  const budget: Pick<Budget, 'take'> = {
    take: async () =>
      isHeld
        ? { kind: 'wait', waitMs: 3_600_000 }
        : { kind: 'granted', settle: async () => {}, limited: async () => cut },
  };
  Object.assign(ports, { budget });
  answerWith({ kind: 'limited', retryAfterMs: 3_600_000, message: 'too many' });
  await pollFor(10);
  isHeld = true;
  await pollFor(50);
  expect(await types()).toEqual([]);
  await pollFor(30);
  expect(await types()).toEqual(['source.failing']);
});

test('a paused source announces nothing', async () => {
  const { answerWith, pollFor, store, source, types } = await watching();
  answerWith(broken);
  await pollFor(10);
  await store.sources.update(source.id, (found) => ({ ...found, paused: true }));
  await pollFor(120);
  expect(await types()).toEqual([]);
});

test('a poll that is broken off says nothing about the inbox', async () => {
  const { answerWith, pollFor, state, types } = await watching();
  answerWith({ kind: 'unavailable', reason: 'aborted', message: 'stopping' });
  await pollFor(120);
  expect((await state()).error ?? null).toBeNull();
  expect(await types()).toEqual([]);
});

test('n8n-io/n8n#28157: an error advances no coverage, so what happened meanwhile is found', async () => {
  const { answerWith, pollFor, pass, state, events, simulator } = await watching();
  const before = await state();
  answerWith(broken);
  await pollFor(20);
  const contact = simulator.population.createContact();
  pass(3_600_000);
  await pollFor(20);
  expect(await state()).toMatchObject({
    coveredUntilMs: before.coveredUntilMs,
    verifiedFromMs: before.verifiedFromMs,
    hotReadAtMs: before.hotReadAtMs,
  });
  answerWith(null);
  await pollFor(10);
  expect((await events()).filter(({ type }) => type === 'contact.created')).toMatchObject([
    { data: { contact: { _id: contact.id } } },
  ]);
});

test('dgtlmoon/changedetection.io#962: the first good answer after errors is not news', async () => {
  const { answerWith, pollFor, events } = await watching();
  answerWith(broken);
  await pollFor(30);
  answerWith(null);
  await pollFor(30);
  expect(await events()).toEqual([]);
});
