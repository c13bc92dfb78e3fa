import { noActivity } from '#simulator/settings.ts';
import { startSimulator } from '#simulator/simulator.ts';

/** An inbox in a process of its own, in which nothing happens; each of its tokens is a customer's. */
export interface IdleInboxOrder {
  readonly contacts?: number;
  readonly tokens?: readonly string[];
  /** Tell what came since the last time. */
  readonly report?: true;
}

export type IdleInboxReport =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'asked'; readonly requests: number; readonly pollsAtMs: readonly number[] };

const simulators: Awaited<ReturnType<typeof startSimulator>>[] = [];
let reported = 0;

process.on('message', async ({ contacts = 0, tokens, report }: IdleInboxOrder) => {
  if (tokens !== undefined) {
    const quiet = { activityPerMinute: noActivity, requestsPerMinute: 1e9 };
    const simulator = await startSimulator({ contacts, tokens, ...quiet });
    simulators.push(simulator);
    tell({ kind: 'listening', url: simulator.url });
  }
  if (report) {
    const received = simulators[0]?.requests.received.slice(reported) ?? [];
    reported += received.length;
    // Every poll begins with the first page of the hot window.
    const polls = received.filter(({ filters, page }) => 'lastSeenAt' in filters && page === 1);
    const pollsAtMs = polls.map(({ atMs }) => atMs);
    tell({ kind: 'asked', requests: received.length, pollsAtMs });
  }
});
process.on('disconnect', () => process.exit(0));

function tell(message: IdleInboxReport): void {
  process.send?.(message);
}
