import { expect, test } from 'vitest';
import { mayBeHonoured, nothingLearned } from '#poll/learn.ts';
import { minute, nowMs, openInbox, pageOf } from '../../support/shown-pages.ts';

/** A question of each kind, with someone who answers to it and someone who does not. */
const filters = [
  {
    name: 'lastSeenAt',
    question: { lastSeenFromMs: nowMs },
    inside: { lastSeenAtMs: nowMs },
    outside: { lastSeenAtMs: nowMs - minute },
  },
  {
    name: 'createdAt',
    question: { createdFromMs: nowMs, createdToMs: nowMs + 10 },
    inside: { createdAtMs: nowMs },
    outside: { createdAtMs: nowMs + minute },
  },
  {
    name: 'status',
    question: { statuses: ['OPEN', 'REVIEW'] },
    inside: { status: 'REVIEW' },
    outside: { status: 'CLOSED' },
  },
] as const;

test.each(filters)('$name is honoured where everyone answers to the question', (filter) => {
  const inbox = openInbox();
  const page = pageOf(3, () => filter.inside);
  expect(inbox.answer(page, filter.question)[filter.name]).toEqual({
    verdict: 'honoured',
    atMs: nowMs,
  });
});

test.each(filters)('$name is ignored where two answers in a row do not keep to it', (filter) => {
  const inbox = openInbox();
  const good = pageOf(3, () => filter.inside);
  const bad = pageOf(3, () => filter.outside);
  inbox.answer(good, filter.question);
  inbox.answer(bad, filter.question);
  inbox.answer(good, filter.question);
  inbox.answer(bad, filter.question);
  // What was not asked says nothing, neither way, nor does an empty page.
  inbox.answer(good);
  inbox.answer([], filter.question);
  expect(inbox.learned[filter.name].verdict).toBe('honoured');
  expect(inbox.answer(bad, filter.question, { atMs: nowMs + 5 })[filter.name]).toEqual({
    verdict: 'ignored',
    atMs: nowMs + 5,
  });
});

test.each(filters)('one odd record on a page says nothing about $name', (filter) => {
  const inbox = openInbox();
  const odd = pageOf(4, (place) => (place < 2 ? filter.outside : filter.inside));
  for (let times = 0; times < 5; times += 1) inbox.answer(odd, filter.question);
  expect(inbox.learned[filter.name].verdict).toBe('unknown');
});

test.each(filters)('$name is not trusted for ten minutes once it was ignored', (filter) => {
  const inbox = openInbox();
  const good = pageOf(3, () => filter.inside);
  const bad = pageOf(3, () => filter.outside);
  inbox.answer(bad, filter.question);
  inbox.answer(bad, filter.question);
  const verdictAt = (atMs: number) => inbox.answer(good, filter.question, { atMs })[filter.name];
  expect(verdictAt(nowMs + 10 * minute - 1).verdict).toBe('ignored');
  expect(verdictAt(nowMs + 10 * minute)).toEqual({
    verdict: 'honoured',
    atMs: nowMs + 10 * minute,
  });
});

test.each(filters)(
  '$name is tried once when it was distrusted for long, and not again at once',
  ({ name, question, outside }) => {
    const inbox = openInbox();
    const bad = pageOf(3, () => outside);
    inbox.answer(bad, question);
    inbox.answer(bad, question);
    const laterMs = nowMs + 11 * minute;
    expect(mayBeHonoured(inbox.learned, name, laterMs)).toBe(true);
    inbox.answer(bad, question, { atMs: laterMs });
    expect(mayBeHonoured(inbox.learned, name, laterMs)).toBe(false);
    expect(mayBeHonoured(inbox.learned, name, laterMs + 10 * minute)).toBe(true);
  },
);

test('a filter is to be tried while nobody knows, and not while it is honoured', () => {
  const { learned } = openInbox();
  expect(mayBeHonoured(learned, 'status', nowMs)).toBe(true);
  const honoured = { ...learned, status: { verdict: 'honoured', atMs: 0 } } as const;
  expect(mayBeHonoured(honoured, 'status', nowMs)).toBe(false);
});

test('a clock that was set back makes nobody wait longer for another try', () => {
  const learned = { ...nothingLearned, status: { verdict: 'ignored', atMs: nowMs } } as const;
  expect(mayBeHonoured(learned, 'status', nowMs - 60 * minute)).toBe(true);
});

test('stamps that were cut to the second keep to the question', () => {
  const inbox = openInbox();
  const question = { createdFromMs: nowMs, createdToMs: nowMs, lastSeenFromMs: nowMs };
  const early = pageOf(3, () => ({ createdAtMs: nowMs - 1000, lastSeenAtMs: nowMs - 1000 }));
  const late = pageOf(3, () => ({ createdAtMs: nowMs + 1000 }));
  expect(inbox.answer(early, question)).toMatchObject({
    createdAt: { verdict: 'honoured' },
    lastSeenAt: { verdict: 'honoured' },
  });
  for (let times = 0; times < 2; times += 1) inbox.answer(late, question);
  expect(inbox.learned.createdAt.verdict).toBe('honoured');
});

test('once an inbox ignores `createdAt`, what was known of `status` is to be found out anew, since nothing asks by it any more', () => {
  const at = { verdict: 'honoured', atMs: nowMs } as const;
  const inbox = openInbox({ createdAt: at, status: at });
  const narrow = { createdFromMs: nowMs - 10 * minute, createdToMs: nowMs - 9 * minute };
  inbox.answer(pageOf(20), narrow);
  expect(inbox.learned.status).toEqual(at);
  expect(inbox.answer(pageOf(20), narrow)).toMatchObject({
    createdAt: { verdict: 'ignored' },
    status: { verdict: 'unknown' },
  });
});
