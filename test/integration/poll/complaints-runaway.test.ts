import { expect, test } from 'vitest';
import { setUpPolling } from '../../support/polling.ts';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

type Ports = Awaited<ReturnType<typeof setUpPolling>>['ports'];
type ListContacts = Ports['inbox']['listContacts'];

/** Answers in the inbox's place, each after most of a second; whoever asks for far too much is cut off. */
function answerWith(
  ports: Ports,
  clock: { nowMs: number },
  change: (ask: ListContacts) => ListContacts,
) {
  const abort = new AbortController();
  const answer = change(ports.inbox.listContacts);
  let requests = 0;
  const inbox = {
    async listContacts(...request: Parameters<ListContacts>) {
      requests += 1;
      if (requests > 300) abort.abort(new Error('It reads without end.'));
      clock.nowMs += 667;
      return answer(...request);
    },
  };
  Object.assign(ports, { inbox });
  return abort.signal;
}

test('NangoHQ/nango#830: an inbox whose pages begin again instead of ending keeps no poll for ever', async () => {
  const { ports, poll, pass, clock, simulator, byAge, news } = await watchInbox(connection);
  const created = Array.from({ length: 60 }, () => simulator.population.createContact().id);
  const { id: changed = '' } = byAge()[20] ?? {};
  simulator.population.agentSetsStatus(changed, 'Waiting');
  const signal = answerWith(
    ports,
    clock,
    (ask) => (asker, question, page, cut) => ask(asker, question, ((page - 1) % 3) + 1, cut),
  );
  for (let polls = 0; polls < 6; polls += 1) {
    pass(10_000);
    await poll(signal);
  }
  expect(signal.aborted).toBe(false);
  expect((await news()).map(([, id]) => id).sort()).toEqual([...created, changed].sort());
});

test('NangoHQ/nango#830: an inbox without end is read a little at each poll, its strangers are no news, and who comes is told', async () => {
  const { ports, poll, pass, clock, simulator, events, state } = await setUpPolling(connection);
  const longKnown = new Set(simulator.population.listed().map(({ id }) => id));
  const signal = answerWith(ports, clock, (ask) => async (asker, question, page, cut) => {
    if (question.lastSeenFromMs !== undefined) return ask(asker, question, page, cut);
    const answer = await ask(asker, {}, 1, cut);
    if (answer.kind !== 'page') return answer;
    const old = answer.contacts.filter((contact) => longKnown.has(contact.id));
    const contacts = old.map((contact) => ({
      ...contact,
      id: `${page} ${contact.id}`,
    }));
    return { ...answer, contacts };
  });
  const durationsMs: number[] = [];
  for (let polls = 0; polls < 4; polls += 1) {
    pass(10_000);
    const startedAtMs = clock.nowMs;
    await poll(signal);
    durationsMs.push(clock.nowMs - startedAtMs);
  }
  // The first one looks how deep the inbox is.
  expect(Math.max(...durationsMs)).toBeLessThan(25_000);
  expect(await state()).not.toHaveProperty('baselineCompletedAtMs');
  pass(10_000);
  const { id } = simulator.population.createContact();
  await poll(signal);
  expect((await events()).map(({ data }) => data.contact?._id)).toEqual([id]);
  expect(signal.aborted).toBe(false);
});
