import type { SimulatedContact } from './contact.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** Does one thing of its kind. */
export type Doer = (atMs: number) => void;

/** Where things happen, and to whom. */
export interface Stage {
  readonly world: World;
  readonly random: Random;
  /** Most of what happens, happens in conversations that are going on. */
  drawOne(activeShare: number): SimulatedContact | undefined;
}

export function openStage(world: World, random: Random): Stage {
  const { active, living } = world.roster;
  return {
    world,
    random,
    drawOne: (activeShare) =>
      random.isLucky(activeShare) && active.size > 0 ? active.draw(random) : living.draw(random),
  };
}
