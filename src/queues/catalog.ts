import { z } from 'zod';

/**
 * | queue | a job means                                    | made by                          | slots per process |
 * | ----- | ---------------------------------------------- | -------------------------------- | ----------------- |
 * | poll  | read this source now                           | one scheduler per source, the API| 1,000             |
 * | drain | deliver what is due of this lane               | relay, drains, tend, the API     | 500               |
 * | probe | as drain, for lanes whose last attempt failed  | the same                         | 2,000             |
 * | tend  | heal what a crash left behind, forget the old  | one scheduler for the fleet      | 1                 |
 *
 * A slot only waits for sockets, so slots are many; failing lanes have slots of their own, so that hundreds of dead
 * subscribers leave those of the living alone, and so many that one that failed once does not wait behind those that hang.
 */
export const slots = { poll: 1000, drain: 500, probe: 2000, tend: 1 } as const;
export type QueueName = keyof typeof slots;

/** Drains at one time that a process begins without a job. */
export const localSlots = 250;

export const pollJobSchema = z.object({ source: z.string() });
export const drainJobSchema = z.object({ lane: z.templateLiteral(['sub_', z.string()]) });
export type PollJobData = z.infer<typeof pollJobSchema>;
export type DrainJobData = z.infer<typeof drainJobSchema>;

/** In braces: the keys of one queue share a Redis Cluster slot, different queues need not. */
export function queuePrefix(name: QueueName): string {
  return `{queue:${name}}`;
}

/** Jobs carry ids, nothing that is worth keeping. */
export const jobOptions = { removeOnComplete: true, removeOnFail: true } as const;
