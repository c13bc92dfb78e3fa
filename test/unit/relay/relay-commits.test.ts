import { expect, test } from 'vitest';
import { relayCommits } from '#relay/relay-commits.ts';
import type { CommitOutcome, Contacts, PageCommit } from '#store/contacts.ts';
import type { LogTail } from '#store/event-log.ts';
import { makeEvent } from '../../support/stage.ts';

const page = (events: number): PageCommit => ({
  epoch: 'mine',
  snapshots: [],
  events: Array.from({ length: events }, (_, number) => makeEvent(number)),
  state: {},
});

const tail: LogTail = {
  position: { generation: 0, relayedUpTo: '0-0', end: '1-0' },
  events: [],
  subscriptions: '1',
};

/** Commits with this outcome, and every relay that they asked for. */
function setUp(outcome: CommitOutcome) {
  const asked: [string, LogTail | null | undefined][] = [];
  const contacts = { commit: async () => outcome } as unknown as Contacts;
  const ask = (...call: (typeof asked)[number]) => void asked.push(call);
  return { ...relayCommits(contacts, { ask }), asked };
}

test('a relay is asked for once a commit happened, with what waits for it', async () => {
  const outcome: CommitOutcome = { kind: 'committed', added: 0, wanted: false, tail };
  const { commit, asked } = setUp(outcome);
  expect(await commit('a', page(1))).toEqual(outcome);
  expect(asked).toEqual([['a', tail]]);
});

test.each(['conflict', 'fenced'] as const)(
  'a commit answered %s may have happened before it was sent again: the relay looks',
  async (kind) => {
    const { commit, asked } = setUp({ kind });
    await commit('a', page(1));
    expect(asked).toEqual([['a', null]]);
  },
);

test('a commit without events has nothing relayed', async () => {
  const { commit, asked } = setUp({ kind: 'committed', added: 1, wanted: false, tail: null });
  await commit('a', page(0));
  expect(asked).toEqual([]);
});
