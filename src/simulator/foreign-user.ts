import { createRandom } from './random.ts';
import type { SimulatorSettings } from './settings.ts';

/** Somebody else who has the token; `ask` is called for each of their requests until `nowMs`, in the order of time. */
export function createForeignUser(
  { seed, lies }: Pick<SimulatorSettings, 'seed' | 'lies'>,
  startMs: number,
): (nowMs: number, ask: (atMs: number) => void) => void {
  const random = createRandom(seed, 6);
  const wait = () => random.exponential(lies.foreignPerMinute / 60_000);
  let dueMs = startMs + wait();
  return (nowMs, ask) => {
    for (; dueMs <= nowMs; dueMs += wait()) ask(dueMs);
  };
}
