import { expect, test } from 'vitest';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { Snapshot } from '#domain/contact.ts';
import type { Contacts, PageCommit } from '#store/contacts.ts';
import type { SourceLeases, SourceRuntime } from '#store/source-state.ts';
import { makeEvent } from './stage.ts';

/** What stage 1 keeps of a source, wherever that is. */
export interface SourceStoreUnderTest {
  readonly contacts: Contacts;
  readonly sourceLeases: SourceLeases;
  readState(sourceId: string): Promise<SourceRuntime>;
  /** Every event so far, in the order of the log. */
  events(sourceId: string): Promise<ChangeEvent[]>;
  /** As a lost Redis does. */
  empty(sourceId: string): Promise<void>;
}

/** What contacts promise, in Redis and in memory. */
export function testContacts({ contacts, sourceLeases, ...store }: SourceStoreUnderTest): void {
  let sources = 0;

  async function leaseSource() {
    sources += 1;
    const source = `source-${sources}`;
    const grant = await sourceLeases.acquire(source);
    if (grant.kind !== 'acquired') throw new Error('The lease of a new source is free.');
    const commit = (page: Partial<PageCommit>) =>
      contacts.commit(source, {
        epoch: grant.epoch,
        snapshots: [],
        events: [],
        state: {},
        ...page,
      });
    return { source, epoch: grant.epoch, commit };
  }

  test('what a page commits is there to be read: snapshots, events and marks', async () => {
    const { source, commit } = await leaseSource();
    const outcome = await commit({
      snapshots: [
        { contactId: adam, before: null, after: snapshotAt(1) },
        { contactId: eve, before: null, after: snapshotAt(2, 'Wartet auf Rückruf') },
      ],
      events: [makeEvent(1, source), makeEvent(2, source)],
      state: { coveredUntilMs: 5, baselineId: 'b' },
    });
    expect(outcome).toMatchObject({ kind: 'committed', added: 2, wanted: false });
    const read = await contacts.read(source, [eve, 'unknown', adam]);
    expect(read.map((known) => known?.snapshot ?? null)).toEqual([
      snapshotAt(2, 'Wartet auf Rückruf'),
      null,
      snapshotAt(1),
    ]);
    expect(await store.events(source)).toEqual([makeEvent(1, source), makeEvent(2, source)]);
    expect(await store.readState(source)).toEqual({
      coveredUntilMs: 5,
      baselineId: 'b',
    });
  });

  test('n8n-io/n8n-docs#5225: a page with one contact that moved meanwhile is refused whole', async () => {
    const { source, commit } = await leaseSource();
    await commit({ snapshots: [{ contactId: eve, before: null, after: snapshotAt(1) }] });
    const outcome = await commit({
      snapshots: [
        { contactId: adam, before: null, after: snapshotAt(1) },
        { contactId: eve, before: null, after: snapshotAt(2) },
      ],
      events: [makeEvent(1, source)],
      state: { coveredUntilMs: 5 },
    });
    expect(outcome).toEqual({ kind: 'conflict' });
    expect((await contacts.read(source, [adam, eve])).map((known) => known?.snapshot)).toEqual([
      undefined,
      snapshotAt(1),
    ]);
    expect(await store.events(source)).toEqual([]);
    expect(await store.readState(source)).toEqual({});
  });

  test('a holder whose lease went to another commits nothing', async () => {
    const { source, epoch, commit } = await leaseSource();
    await sourceLeases.release(source, epoch);
    await sourceLeases.acquire(source);
    const outcome = await commit({
      snapshots: [{ contactId: adam, before: null, after: snapshotAt(1) }],
      events: [makeEvent(1, source)],
      state: { coveredUntilMs: 5 },
    });
    expect(outcome).toEqual({ kind: 'fenced' });
    expect(await contacts.read(source, [adam])).toEqual([null]);
    expect(await store.events(source)).toEqual([]);
    expect(await store.readState(source)).toEqual({});
  });

  test('a source that was emptied under its holder is fenced, so that no half of it comes back', async () => {
    const { source, commit } = await leaseSource();
    await store.empty(source);
    const outcome = await commit({
      snapshots: [{ contactId: adam, before: null, after: snapshotAt(1) }],
    });
    expect(outcome).toEqual({ kind: 'fenced' });
  });

  test('a changed snapshot replaces the one it was compared with and counts no contact', async () => {
    const { source, commit } = await leaseSource();
    await commit({ snapshots: [{ contactId: adam, before: null, after: snapshotAt(1) }] });
    const [before = null] = await contacts.read(source, [adam]);
    const outcome = await commit({
      snapshots: [{ contactId: adam, before, after: snapshotAt(2, 'CLOSED') }],
    });
    expect(outcome).toMatchObject({ kind: 'committed', added: 0 });
    const [after] = await contacts.read(source, [adam]);
    expect(after?.snapshot).toEqual(snapshotAt(2, 'CLOSED'));
    expect(await store.readState(source)).toEqual({});
  });

  test('a page committed twice adds its contacts and events once', async () => {
    const { source, commit } = await leaseSource();
    const page = {
      snapshots: [{ contactId: adam, before: null, after: snapshotAt(1) }],
      events: [makeEvent(1, source)],
    };
    expect(await commit(page)).toMatchObject({ kind: 'committed' });
    expect(await commit(page)).toEqual({ kind: 'conflict' });
    expect(await store.events(source)).toHaveLength(1);
    expect(await store.readState(source)).toEqual({});
  });

  test('a commit tells its holder when someone else waits for the source', async () => {
    const { source, commit } = await leaseSource();
    expect(await commit({})).toMatchObject({ wanted: false });
    expect(await sourceLeases.acquire(source)).toEqual({ kind: 'held' });
    expect(await commit({})).toMatchObject({ kind: 'committed', wanted: true });
  });

  test('a page of a thousand contacts is read and committed in one script each', async () => {
    const { source, commit } = await leaseSource();
    const ids = Array.from({ length: 1000 }, (_, number) => number.toString(16).padStart(24, '0'));
    const outcome = await commit({
      snapshots: ids.map((contactId, index) => ({
        contactId,
        before: null,
        after: snapshotAt(index + 1),
      })),
      events: ids.map((_, index) => makeEvent(index, source)),
    });
    expect(outcome).toMatchObject({ kind: 'committed', added: 1000 });
    const read = await contacts.read(source, ids);
    expect(read.map((known) => known?.snapshot.sequence)).toEqual(ids.map((_, index) => index + 1));
  });

  test('nobody is found where nobody is asked for', async () => {
    expect(await contacts.read('source-0', [])).toEqual([]);
  });

  test('everyone who is known can be read at once, whatever the shape of their ids', async () => {
    const { source, commit } = await leaseSource();
    const ids = [adam, eve, 'ten letters', '00'.repeat(12)];
    const snapshots = ids.map((contactId, index) => ({
      contactId,
      before: null,
      after: snapshotAt(index + 1),
    }));
    await commit({ snapshots });
    const found = new Map<string, Snapshot>();
    for await (const { contactId, snapshot } of contacts.all(source))
      found.set(contactId, snapshot);
    expect(found).toEqual(new Map(ids.map((id, index) => [id, snapshotAt(index + 1)])));
  });
}

function snapshotAt(sequence: number, status = 'OPEN'): Snapshot {
  return {
    status,
    sequence,
    createdAtMs: 1,
    updatedAtMs: null,
    observedAtMs: sequence,
    presence: 'listed',
    watched: null,
  };
}

const adam = '665f1f77bcf86cd799439011';
const eve = 'a contact with another id — 人';
