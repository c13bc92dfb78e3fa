import type { Worker } from 'bullmq';

const restMs = 1000;

/**
 * Where Redis refuses to hand out a job (out of memory, unable to save), BullMQ asks again at once, over a thousand times a
 * second. Such a worker rests for a while between two tries; `onError` hears of one error in each.
 */
export function restWhenRefused(worker: Worker, onError: (error: Error) => void): void {
  let rest: NodeJS.Timeout | null = null;
  worker.on('error', (error) => {
    if (rest !== null && isRefusal(error)) return;
    onError(error);
    if (!isRefusal(error)) return;
    rest = setTimeout(() => {
      rest = null;
      // It tells its errors as events.
      void worker.resume();
    }, restMs);
    worker.pause(true).catch(onError);
  });
  worker.on('closing', () => clearTimeout(rest ?? undefined));
}

/** Said by Redis itself, not by BullMQ or the network. */
function isRefusal({ name }: Error): boolean {
  return name === 'ReplyError';
}
