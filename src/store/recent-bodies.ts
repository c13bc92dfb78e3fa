import type { DeliveryRef } from '#domain/delivery.ts';

/** The bodies of events that were committed or read just now: an event mostly goes to several subscriptions, and to all at once. */
export interface RecentBodies {
  keep(ref: DeliveryRef, body: Buffer): void;
  find(ref: DeliveryRef): Buffer | null;
}

const mostBytes = 32 * 1024 * 1024;
/** So short that what the log has dropped since counts as read in time. */
const keepMs = 1000;

/** A ref names its event by content, so what is found is never another event's. */
export function createRecentBodies(): RecentBodies {
  const bodies = new Map<DeliveryRef, Buffer>();
  let bytes = 0;
  let timer: NodeJS.Timeout | undefined;

  function forgetAll(): void {
    clearTimeout(timer);
    bodies.clear();
    bytes = 0;
  }

  return {
    keep(ref, body) {
      if (bytes + body.length > mostBytes) forgetAll();
      if (bodies.size === 0) timer = setTimeout(forgetAll, keepMs).unref();
      bodies.set(ref, body);
      bytes += body.length;
    },
    find: (ref) => bodies.get(ref) ?? null,
  };
}
