import { onTestFinished } from 'vitest';
import { noActivity, type SimulatorOptions } from '#simulator/settings.ts';
import { type RunningSimulator, startSimulator } from '#simulator/simulator.ts';
import type { Cleanup } from './running-service.ts';

/**
 * An inbox without a limit of its own in which nothing happens unless told; it closes with the test. `now` may be a clock
 * that leaps.
 */
export async function startInbox(
  options: SimulatorOptions = {},
  onFinished: Cleanup = onTestFinished,
  now = Date.now,
): Promise<RunningSimulator> {
  const still = { contacts: 60, activityPerMinute: noActivity, requestsPerMinute: 1e9 };
  const simulator = await startSimulator({ ...still, ...options }, { now });
  onFinished(() => simulator.close());
  return simulator;
}

/** Ids of contacts that have this status now, each handed out once. */
export function contactsWith(
  { population }: Pick<RunningSimulator, 'population'>,
  status: string,
): () => string {
  const found = population.listed().filter((contact) => contact.status === status);
  const ids = found.map(({ id }) => id);
  return () => {
    const id = ids.shift();
    if (id === undefined) throw new Error(`There are no more contacts with status ${status}.`);
    return id;
  };
}
