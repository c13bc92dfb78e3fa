import { expect, test } from 'vitest';
import { shareForAWhile, shareInFlight } from '#api/share-in-flight.ts';

function counted() {
  const made: PromiseWithResolvers<number>[] = [];
  const ask = shareInFlight(() => {
    const answer = Promise.withResolvers<number>();
    made.push(answer);
    return answer.promise;
  });
  return { made, ask };
}

test('those who ask at once get one answer, made once', async () => {
  const { made, ask } = counted();
  const asked = [ask(), ask(), ask()];
  expect(made.length).toBe(1);
  made[0]?.resolve(7);
  expect(await Promise.all(asked)).toEqual([7, 7, 7]);
});

test('whoever asks later gets an answer of their own', async () => {
  const { made, ask } = counted();
  const first = ask();
  made[0]?.resolve(1);
  await first;
  const second = ask();
  made[1]?.resolve(2);
  expect(await second).toBe(2);
});

test('a failure is shared, and not kept', async () => {
  const { made, ask } = counted();
  const asked = [ask(), ask()];
  made[0]?.reject(new Error('away'));
  await expect(Promise.all(asked.map((each) => each.catch(String)))).resolves.toEqual([
    'Error: away',
    'Error: away',
  ]);
  void ask().catch(() => {});
  expect(made.length).toBe(2);
});

test('what is shared for a while is made anew after a second, also by a clock that was set back', async () => {
  let [nowMs, made] = [10_000, 0];
  const ask = shareForAWhile(
    () => nowMs,
    async () => ++made,
  );
  const answers: number[] = [];
  for (const atMs of [10_000, 10_999, 11_000, 11_500, 5000]) {
    nowMs = atMs;
    answers.push(await ask());
  }
  expect(answers).toEqual([1, 1, 2, 2, 3]);
});
