import { expect, test } from 'vitest';
import { relayCommits } from '#relay/relay-commits.ts';
import type { CommitOutcome, Contacts, PageCommit } from '#store/contacts.ts';
import { makeEvent } from '../../support/stage.ts';

const page = (events: number): PageCommit => ({
  epoch: 'mine',
  snapshots: [],
  events: Array.from({ length: events }, (_, number) => makeEvent(number)),
  state: {},
});

/** Commits that are answered when the test says so, and all that happened in its order. */
function setUp(answersInOrder: boolean) {
  const happened: string[] = [];
  const answer = Promise.withResolvers<CommitOutcome>();
  const contacts = {
    commit(sourceId: string) {
      happened.push(`commit ${sourceId}`);
      return answer.promise;
    },
  } as unknown as Contacts;
  const ask = (sourceId: string) => void happened.push(`relay ${sourceId}`);
  return { ...relayCommits(contacts, { ask }, answersInOrder), answer, happened };
}

test('a relay is asked for right behind a commit, and again once it happened', async () => {
  const { commit, answer, happened } = setUp(true);
  const committing = commit('a', page(1));
  expect(happened).toEqual(['commit a', 'relay a']);
  const outcome: CommitOutcome = { kind: 'committed', added: 0, wanted: false };
  answer.resolve(outcome);
  expect(await committing).toEqual(outcome);
  expect(happened).toEqual(['commit a', 'relay a', 'relay a']);
});

test('where answers come in any order, a relay waits until the commit happened', async () => {
  const { commit, answer, happened } = setUp(false);
  const committing = commit('a', page(1));
  expect(happened).toEqual(['commit a']);
  answer.resolve({ kind: 'committed', added: 0, wanted: false });
  await committing;
  expect(happened).toEqual(['commit a', 'relay a']);
});

test('a commit without events, and one that was refused, have nothing relayed', async () => {
  const quiet = setUp(true);
  const quietly = quiet.commit('a', page(0));
  quiet.answer.resolve({ kind: 'committed', added: 1, wanted: false });
  await quietly;
  const refused = setUp(false);
  const refusing = refused.commit('a', page(1));
  refused.answer.resolve({ kind: 'fenced' });
  await refusing;
  expect([quiet.happened, refused.happened]).toEqual([['commit a'], ['commit a']]);
});
