import type { SimulatorOptions } from '#simulator/settings.ts';
import type { RunningSimulator } from '#simulator/simulator.ts';

/** A small shop on a lively afternoon: something to see every few seconds, within the real inbox's 100 requests a minute. */
export const demoInbox: SimulatorOptions = {
  contacts: 120,
  statusShares: { CLOSED: 60, OPEN: 15, INPROGRESS: 12, ONHOLD: 8, REVIEW: 5 },
  activityPerMinute: {
    visitorMessages: 20,
    newContacts: 10,
    imports: 0.5,
    agentStatusChanges: 15,
    bulkCloses: 0.3,
    reassignments: 2,
    deletions: 0,
  },
};

/** What every visitor of the demo should see first, whatever chance brings: somebody new, and somebody who comes back. */
export function playOpening({ population }: RunningSimulator): void {
  population.createContact();
  const closed = population.listed().find(({ status }) => status === 'CLOSED');
  if (closed !== undefined) population.visitorWrites(closed.id, 'Hello again, one more question…');
}
