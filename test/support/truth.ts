import type { ChangeEvent } from '#domain/change-event.ts';
import type { Snapshot } from '#domain/contact.ts';
import { type DetailDigests, detailNames } from '#domain/contact-details.ts';
import type { SimulatedContact } from '#simulator/contact.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';
import { judge, type Verdict } from '../bench/detection-judge.ts';
import { collectNews } from '../bench/detection-news.ts';

export type Faults = Pick<Verdict, 'missed' | 'invented' | 'doubled' | 'disordered'>;

export const noFaults: Faults = { missed: [], invented: [], doubled: [], disordered: [] };

/**
 * Holds what is told from now on against what truly happens from now on. Only what stands when it is asked need have been
 * told by then: what was undone or overtaken cannot always be seen.
 */
export function watchTruth({
  population,
  settings,
}: RunningSimulator): (events: readonly ChangeEvent[]) => Faults {
  // An old answer looks like a new one: what it shows may be older than its date by so much.
  const toleranceMs = 1000 + settings.lies.staleMs;
  const known = population.listed().map((contact) => ({ id: contact.id, ...snapshotOf(contact) }));
  const from = population.truth.length;
  return (events) => {
    let atMs = 0;
    const news = collectNews(() => atMs, 0);
    const commit = { epoch: '', state: {} };
    const seeds = known.map(({ id, ...after }) => ({ contactId: id, before: null, after }));
    news.onCommit({ ...commit, events: [], snapshots: seeds });
    for (const event of events) {
      atMs = Date.parse(event.timestamp);
      news.onCommit({ ...commit, events: [event], snapshots: [] });
    }
    const endMs = Number.MAX_SAFE_INTEGER;
    const { missed, invented, doubled, disordered } = judge({
      ...news.upTo(population.truth.slice(from)),
      fromMs: 0,
      toMs: endMs,
      endMs,
      toleranceMs,
      hasPersisted: (_fromMs, untilMs) => untilMs === endMs,
    });
    return { missed, invented, doubled, disordered };
  };
}

function snapshotOf(contact: Readonly<SimulatedContact>): Snapshot {
  const { status, createdAtMs, updatedAtMs, agent, isLiveChatActive } = contact;
  const details = Object.fromEntries(detailNames.map((name) => [name, 0])) as DetailDigests;
  return {
    status,
    sequence: 0,
    createdAtMs,
    updatedAtMs,
    observedAtMs: updatedAtMs,
    presence: 'listed',
    watched: { agent, isLiveChatActive, userMessageAtMs: null, details },
  };
}
