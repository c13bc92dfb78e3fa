import { Gauge, type Registry } from 'prom-client';
import type { LaneTotals } from '#store/lane-totals.ts';

/** All subscriptions together as Prometheus sees them at a scrape: thousands of them make no more lines than one. */
export interface SubscriptionGauges {
  /** Null: not known at this moment, so nothing is shown. */
  set(totals: LaneTotals | null, nowMs: number): void;
}

export function createSubscriptionGauges(prefix: string, registry: Registry): SubscriptionGauges {
  const gauge = <L extends string>(name: string, help: string, label: L) =>
    new Gauge({ name: `${prefix}${name}`, help, labelNames: [label], registers: [registry] });
  const subscriptions = gauge(
    'subscriptions',
    'Subscriptions by how they stand; `failing` are active, but their last attempt failed.',
    'state',
  );
  const deliveries = gauge(
    'deliveries',
    'Deliveries that lie in Redis; `held` wait for an earlier one of their contact, `forgotten` were no longer kept.',
    'state',
  );
  const oldest = gauge(
    'deliveries_oldest_event_seconds',
    'Age of the oldest event that is first in line for an active subscription.',
    'state',
  );

  return {
    set(totals, nowMs) {
      for (const each of [subscriptions, deliveries, oldest]) each.reset();
      if (totals === null) return;
      for (const [state, count] of Object.entries(totals.subscriptions)) {
        subscriptions.set({ state }, count);
      }
      for (const [state, count] of Object.entries(totals.deliveries)) {
        deliveries.set({ state }, count);
      }
      const { oldestWaitingAtMs } = totals;
      if (oldestWaitingAtMs === null) return;
      oldest.set({ state: 'waiting' }, Math.max(0, (nowMs - oldestWaitingAtMs) / 1000));
    },
  };
}
