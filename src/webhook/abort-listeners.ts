/** What is told when a signal aborts. */
export interface Abortable {
  abort(): void;
}

export interface AbortListeners {
  add(signal: AbortSignal, abortable: Abortable): void;
  delete(signal: AbortSignal, abortable: Abortable): void;
}

/**
 * One event listener per signal, however many wait for it: a drain shares one signal among all its attempts, and adding
 * and removing a listener for each of them costs a tenth of the whole attempt.
 */
export function createAbortListeners(): AbortListeners {
  const waiting = new WeakMap<AbortSignal, Set<Abortable>>();

  return {
    add(signal, abortable) {
      const others = waiting.get(signal);
      if (others !== undefined) {
        others.add(abortable);
        return;
      }
      const all = new Set([abortable]);
      waiting.set(signal, all);
      const tellAll = () => {
        for (const one of all) one.abort();
      };
      signal.addEventListener('abort', tellAll, { once: true });
    },
    delete(signal, abortable) {
      waiting.get(signal)?.delete(abortable);
    },
  };
}
