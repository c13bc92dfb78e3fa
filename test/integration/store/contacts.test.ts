import { expect, test } from 'vitest';
import { readSourceState } from '#store/source-state.ts';
import { testContacts } from '../../support/contacts-suite.ts';
import { makeEvent, openConnection, openStore } from '../../support/stage.ts';

const connection = await openConnection();
const { contacts, eventLog, sourceLeases } = openStore(connection);

testContacts({
  contacts,
  sourceLeases,
  readState: (sourceId) => readSourceState(connection, sourceId),
  events: async (sourceId) =>
    (await eventLog.readAfter(sourceId, '0-0', 10)).map(({ event }) => event),
  async empty(sourceId) {
    await connection.redis.del(`{source:${sourceId}}:state`);
  },
});

test('an event without a snapshot is in the log once, however often its script is sent', async () => {
  const grant = await sourceLeases.acquire('sent-again');
  if (grant.kind !== 'acquired') throw new Error('The lease of a new source is free.');
  const page = { epoch: grant.epoch, snapshots: [], events: [makeEvent(1)], state: {} };
  for (let times = 0; times < 2; times += 1) {
    expect(await contacts.commit('sent-again', page)).toMatchObject({ kind: 'committed' });
  }
  expect(await eventLog.readAfter('sent-again', '0-0', 10)).toHaveLength(1);
});
