import { expect, test } from 'vitest';
import { type Baseline, tellBaseline } from '#demo/tell-baseline.ts';

const under: Baseline = {
  contacts: 30,
  expectedContacts: null,
  secondsLeft: null,
  completedAt: null,
};

/** What is said when one look after the other finds this. */
async function told(looks: (Baseline | null)[], abort = new AbortController()): Promise<string[]> {
  const sentences: string[] = [];
  let waits = 0;
  await tellBaseline(
    {
      look: async () => looks.shift() ?? null,
      wait: async () => {
        waits += 1;
        if (looks.length === 0 || waits > 20) abort.abort();
      },
      contacts: 120,
      onProgress: (sentence) => sentences.push(sentence),
    },
    abort.signal,
  );
  return sentences;
}

test('each step forward is said once, and the end', async () => {
  const done = { ...under, contacts: 121, completedAt: '2026-06-12T10:00:00.000Z' };
  expect(await told([null, under, under, { ...under, contacts: 60 }, done, done])).toEqual([
    'Reading the inbox for the first time: 30 of about 120 contacts read (25 %).',
    'Reading the inbox for the first time: 60 of about 120 contacts read (50 %).',
    'The inbox was read for the first time: 121 contacts.',
  ]);
});

test('what the service expects goes before what the demo knows', async () => {
  const [sentence] = await told([{ ...under, expectedContacts: 300, secondsLeft: 12 }]);
  expect(sentence).toContain('30 of about 300 contacts read (10 %), about 12 s left');
});

test('it ends when the demo does', async () => {
  const abort = new AbortController();
  abort.abort();
  expect(await told([under], abort)).toEqual([]);
});
