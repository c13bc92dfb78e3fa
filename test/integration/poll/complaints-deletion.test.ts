import { expect, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import type { InboxAnswer } from '#inbox/client.ts';
import { createRelay } from '#relay/relay-log.ts';
import { laneKeys } from '#store/keys.ts';
import { makeSubscription, openConnection, silentLog, subscribe } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

const minute = 60_000;
const broken: InboxAnswer = { kind: 'unavailable', reason: 'server_error', message: 'down' };

type Watching = Awaited<ReturnType<typeof watchInbox>>;

/** From now on some answers are errors and the others true; what is returned ends it. */
function breakEvery({ ports }: Watching, isBroken: (request: number) => boolean) {
  const { listContacts } = ports.inbox;
  let requests = 0;
  const inbox = {
    async listContacts(...request: Parameters<typeof listContacts>) {
      requests += 1;
      return isBroken(requests) ? broken : listContacts(...request);
    },
  };
  Object.assign(ports, { inbox });
  return () => void Object.assign(ports, { inbox: { listContacts } });
}

async function deleted({ news }: Watching): Promise<string[]> {
  const found = (await news()).filter(([type]) => type === 'contact.deleted');
  return found.map(([, id]) => String(id)).sort();
}

test('kubernetes/kubernetes#115658: a deletion behind a creation that is still queued is queued, too', async () => {
  const { store, source, pollFor, simulator, news } = await watchInbox(connection);
  const lane: SubscriptionId = 'sub_queued';
  await subscribe(
    store,
    makeSubscription(lane, {
      sources: [source.id],
      events: ['contact.created', 'contact.deleted'],
    }),
  );
  const { id } = simulator.population.createContact();
  await pollFor(10_000);
  simulator.population.remove(id);
  await pollFor(2 * minute);
  const story = [
    ['contact.created', id],
    ['contact.deleted', id],
  ];
  expect(await news()).toEqual(story);
  // Only now does anyone relay: the creation waited all along.
  const relay = createRelay({ ...store, wake: async () => {}, log: silentLog });
  await relay(source.id);
  const waiting = await connection.redis.lrange(laneKeys(lane).waiting, 0, -1);
  const logged = await store.eventLog.readAfter(source.id, '0-0', 10);
  expect(waiting.map((ref) => ref.split(' ')[2])).toEqual(logged.map(({ event }) => event.id));
  expect(waiting).toHaveLength(2);
});

test.each([
  ['all answers', () => true],
  ['three of four answers', (request: number) => request % 4 !== 1],
  ['half of the answers', (request: number) => request % 2 === 0],
] as const)(
  'NangoHQ/nango#1132: where %s fail, nobody who is there is deleted',
  async (_what, isBroken) => {
    const watching = await watchInbox(connection);
    const { pollFor, simulator, byAge, state } = watching;
    const mend = breakEvery(watching, isBroken);
    const [gone = ''] = byAge()
      .slice(40)
      .map(({ id }) => id);
    simulator.population.remove(gone);
    await pollFor(10 * minute, 20_000);
    expect([[], [gone]]).toContainEqual(await deleted(watching));
    mend();
    await pollFor(3 * minute, 20_000);
    expect(await deleted(watching)).toEqual([gone]);
    expect(await state()).toMatchObject({ contacts: 99 });
  },
);

test('NangoHQ/nango#1132: empty answers delete nobody', async () => {
  const watching = await watchInbox(connection);
  const { alter, pollFor, state } = watching;
  alter((page) => ({ ...page, contacts: [], recordCount: 0 }));
  await pollFor(10 * minute, minute);
  alter((page) => page);
  await pollFor(5 * minute, 30_000);
  expect(await watching.news()).toEqual([]);
  expect(await state()).toMatchObject({ contacts: 100 });
});

test.each([3, 30])(
  'chatwoot/chatwoot#9552, NangoHQ/nango#1907, #4847: of %i who are deleted each is told once, and the count of contacts agrees',
  async (count) => {
    const watching = await watchInbox(connection);
    const { byAge, pollFor, simulator, state, news } = watching;
    const gone = byAge()
      .filter((_, place) => place % 3 === 0)
      .slice(0, count)
      .map(({ id }) => id);
    for (const id of gone) simulator.population.remove(id);
    await pollFor(6 * minute, 20_000);
    expect(await deleted(watching)).toEqual(gone.sort());
    expect(await news()).toHaveLength(count);
    expect(await state()).toMatchObject({ contacts: 100 - count });
  },
);
