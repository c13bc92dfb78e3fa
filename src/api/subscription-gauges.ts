import type { LaneTotals } from '#store/lane-totals.ts';
import type { Meter } from './meter.ts';

/** All subscriptions together as Prometheus sees them at a scrape: thousands of them make no more lines than one. */
export interface SubscriptionGauges {
  /** Null: not known at this moment, so nothing is shown. */
  set(totals: LaneTotals | null, nowMs: number): void;
}

export function createSubscriptionGauges(make: Meter): SubscriptionGauges {
  const subscriptions = make.gauge(
    'subscriptions',
    'Subscriptions by how they stand; `failing` are active, but their last attempt failed.',
    ['state'],
  );
  const deliveries = make.gauge(
    'deliveries',
    'Deliveries that lie in Redis; `held` wait for an earlier one of their contact, `forgotten` were no longer kept.',
    ['state'],
  );
  const oldest = make.gauge(
    'oldest_undelivered_age_seconds',
    'Age of the oldest event that is first in line for an active subscription; 0 where none waits.',
  );

  return {
    set(totals, nowMs) {
      subscriptions.reset();
      deliveries.reset();
      // Without a label it would be shown as 0.
      oldest.remove();
      if (totals === null) return;
      for (const [state, count] of Object.entries(totals.subscriptions)) {
        subscriptions.set({ state }, count);
      }
      for (const [state, count] of Object.entries(totals.deliveries)) {
        deliveries.set({ state }, count);
      }
      const { oldestWaitingAtMs } = totals;
      oldest.set(oldestWaitingAtMs === null ? 0 : Math.max(0, (nowMs - oldestWaitingAtMs) / 1000));
    },
  };
}
