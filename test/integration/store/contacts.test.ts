import { readSourceState } from '#store/source-state.ts';
import { testContacts } from '../../support/contacts-suite.ts';
import { openConnection, openStore } from '../../support/stage.ts';

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
