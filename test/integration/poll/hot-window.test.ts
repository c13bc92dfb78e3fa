import { expect, test } from 'vitest';
import { knockSource } from '#store/source-state.ts';
import { openConnection } from '../../support/stage.ts';
import { watchInbox } from '../../support/watching.ts';

const connection = await openConnection();

/** An inbox with a hot window of twenty pages, whose every answer takes a second. */
async function watchBusyInbox() {
  const watching = await watchInbox(connection, { simulator: { contacts: 100 } });
  const { simulator, alter, pass } = watching;
  for (let made = 0; made < 400; made += 1) simulator.population.createContact();
  const hot = { pages: 0 };
  alter((page, { lastSeenFromMs, createdFromMs }) => {
    if (lastSeenFromMs !== undefined && createdFromMs === undefined) hot.pages += 1;
    pass(1000);
    return page;
  });
  return { ...watching, hot };
}

test.each([
  ['paused', { paused: true }],
  ['pointed at another inbox', { inboxId: 'another' }],
])('a source that is %s asks for no further page of a long window', async (_what, change) => {
  const { source, store, ports, poll, hot } = await watchBusyInbox();
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        const answer = await listContacts(...request);
        if (hot.pages !== 3) return answer;
        await store.sources.update(source.id, (found) => ({ ...found, ...change }));
        await knockSource(connection, source.id);
        return answer;
      },
    },
  });
  await poll();
  expect(hot.pages).toBe(3);
});

test('a window that is long to read is as old as its first page', async () => {
  const { clock, poll, state, hot } = await watchBusyInbox();
  const askedAtMs = clock.nowMs;
  await poll();
  expect(hot.pages).toBeGreaterThan(10);
  expect(await state()).toMatchObject({ hotReadAtMs: askedAtMs });
});

test('a tick that finds a long window being read does not cut it short', async () => {
  const { source, poll, ports, hot, state } = await watchBusyInbox();
  const { listContacts } = ports.inbox;
  Object.assign(ports, {
    inbox: {
      async listContacts(...request: Parameters<typeof listContacts>) {
        await knockSource(connection, source.id);
        return listContacts(...request);
      },
    },
  });
  await poll();
  expect(hot.pages).toBeGreaterThan(20);
  expect(await state()).toMatchObject({ contacts: 500 });
});
