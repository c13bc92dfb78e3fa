import { createActivity } from './activity.ts';
import { type Commands, createCommands } from './commands.ts';
import type { ContactWishes, SimulatedContact } from './contact.ts';
import { createContactMaker, drawHistory } from './history.ts';
import { createRandom } from './random.ts';
import { createReplica, type Replica } from './replica.ts';
import type { Lists } from './roster.ts';
import type { SimulatorSettings } from './settings.ts';
import { createWorld, type Transition } from './world.ts';

/**
 * The people of the inbox. They live as far as anyone has looked: every reading and every command first does what was due
 * until now, so no timer runs, and a clock that is handed in may jump.
 */
export interface Population extends Commands {
  /** All that happened since the start, oldest first. */
  readonly truth: readonly Transition[];
  /** Does all activity due until then; a moment already passed is no news. */
  advanceTo(nowMs: number): void;
  find(id: string): Readonly<SimulatedContact> | undefined;
  /** All that the inbox lists, in its own order. */
  listed(): readonly Readonly<SimulatedContact>[];
  /** The same, filed for whoever answers questions. */
  readonly lists: Lists;
  /** As everything was so long ago; only for the lags that the settings name. */
  listsBehind(lagMs: number): Lists;
}

/** `now` is the inbox's own clock, epoch ms. */
export function createPopulation(settings: SimulatorSettings, now: () => number): Population {
  let timeMs = now();
  const make = createContactMaker(settings.seed);
  const history = drawHistory(settings, timeMs, make);
  const replicas = createReplicas(settings, history);
  const world = createWorld(settings, history, [...replicas.values()]);
  const activity = createActivity(settings, world, create, timeMs);

  function create(atMs: number, wishes: ContactWishes): SimulatedContact {
    const contact = make(wishes.createdAtMs ?? atMs, wishes);
    world.add(contact, atMs);
    return contact;
  }

  function advanceTo(nowMs: number): number {
    timeMs = Math.max(timeMs, nowMs);
    activity.advanceTo(timeMs);
    return timeMs;
  }

  const random = createRandom(settings.seed, 3);
  return {
    ...createCommands({ world, random, create, catchUp: () => advanceTo(now()) }),
    truth: world.truth,
    advanceTo,
    find: (id) => world.roster.find(id),
    lists: world.roster,
    listsBehind: (lagMs) => replicas.get(lagMs)?.lists(timeMs) ?? world.roster,
    // A copy, so that whoever goes through it may write meanwhile.
    listed: () => world.roster.listed.members.slice(),
  };
}

/** By their lags; none unless somebody asked for such lies. */
function createReplicas(
  { lies, sort }: SimulatorSettings,
  history: readonly SimulatedContact[],
): ReadonlyMap<number, Replica> {
  const lagsMs = [lies.staleAnswers > 0 ? lies.staleMs : 0, lies.indexLagMs];
  const needed = [...new Set(lagsMs)].filter((lagMs) => lagMs > 0);
  return new Map(needed.map((lagMs) => [lagMs, createReplica(sort, history, lagMs)]));
}
