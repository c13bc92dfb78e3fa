import { agentDoers } from './agents.ts';
import type { ContactWishes, SimulatedContact } from './contact.ts';
import { editDoers } from './edits.ts';
import { createRandom } from './random.ts';
import type { ActivityPerMinute, SimulatorSettings } from './settings.ts';
import { type Doer, openStage } from './stage.ts';
import { visitorDoers } from './visitors.ts';
import type { World } from './world.ts';

/** What happens by itself: each kind of activity is a Poisson process of its own, executed in the order of time. */
export interface Activity {
  /** Does all that is due up to and including `nowMs`. */
  advanceTo(nowMs: number): void;
}

export function createActivity(
  settings: Pick<SimulatorSettings, 'seed' | 'activityPerMinute' | 'statusShares'>,
  world: World,
  create: (atMs: number, wishes: ContactWishes) => SimulatedContact,
  startMs: number,
): Activity {
  const stage = openStage(world, createRandom(settings.seed, 2));
  const { replyUpTo, ...visitors } = visitorDoers(stage, create);
  const doers: Readonly<Record<keyof ActivityPerMinute, Doer>> = {
    ...visitors,
    ...agentDoers(stage, settings.statusShares),
    ...editDoers(stage),
  };
  const processes = Object.entries(settings.activityPerMinute).map(([name, perMinute], index) => {
    // A stream of its own each, so that a changed rate leaves the moments of all other activity as they are.
    const moments = createRandom(settings.seed, 10 + index);
    const wait = () => moments.exponential(perMinute / 60_000);
    return { act: doers[name as keyof ActivityPerMinute], wait, dueMs: startMs + wait() };
  });
  return {
    advanceTo(nowMs) {
      for (;;) {
        const next = processes.reduce((a, b) => (b.dueMs < a.dueMs ? b : a));
        replyUpTo(Math.min(next.dueMs, nowMs));
        if (next.dueMs > nowMs) return;
        next.act(Math.floor(next.dueMs));
        next.dueMs += next.wait();
      }
    },
  };
}
