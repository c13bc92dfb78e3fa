import { type ApiKeys, createApiKeys } from './api-keys.ts';
import type { Connection } from './connection.ts';
import { type Contacts, createContacts } from './contacts.ts';
import { createDeliveries, type Deliveries } from './deliveries.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { createRemovedSources, type RemovedSources } from './forgetting.ts';
import { createFreshnessHistory, type FreshnessHistory } from './freshness-history.ts';
import { createIdempotency, type Idempotency } from './idempotency.ts';
import { createLaneTotals, type ReadLaneTotals } from './lane-totals.ts';
import { createLaneWork, type LaneWork } from './lane-work.ts';
import { createLanes, type Lanes } from './lanes.ts';
import { createLeases } from './leases.ts';
import { createPulse, type Pulse } from './pulse.ts';
import { createRecentBodies } from './recent-bodies.ts';
import type { Seal } from './sealed.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createSourceLeases, type SourceLeases } from './source-state.ts';
import { createSources, type Sources } from './sources.ts';
import { createSubscriptions, type Subscriptions } from './subscriptions.ts';

/** What the stages and the API do with Redis, over one connection. */
export interface Store {
  readonly apiKeys: ApiKeys;
  readonly contacts: Contacts;
  readonly deliveries: Deliveries;
  readonly eventLog: EventLog;
  readonly idempotency: Idempotency;
  readonly freshness: FreshnessHistory;
  readonly lanes: Lanes;
  readonly laneTotals: ReadLaneTotals;
  readonly laneWork: LaneWork;
  readonly pulse: Pulse;
  readonly removedSources: RemovedSources;
  readonly sessions: Sessions;
  readonly sourceLeases: SourceLeases;
  readonly sources: Sources;
  readonly subscriptions: Subscriptions;
}

export function openStore(connection: Connection, seal: Seal, newId: () => string): Store {
  const leases = createLeases(connection, newId);
  const sourceLeases = createSourceLeases(leases);
  const sources = createSources(connection, seal);
  const recent = createRecentBodies();
  return {
    apiKeys: createApiKeys(connection),
    contacts: createContacts(connection, recent),
    deliveries: createDeliveries(connection),
    eventLog: createEventLog(connection, recent),
    idempotency: createIdempotency(connection, seal),
    freshness: createFreshnessHistory(connection),
    lanes: createLanes(connection),
    laneTotals: createLaneTotals(connection),
    laneWork: createLaneWork(connection, leases),
    pulse: createPulse(connection),
    removedSources: createRemovedSources(connection, sources, sourceLeases),
    sessions: createSessions(connection),
    sourceLeases,
    sources,
    subscriptions: createSubscriptions(connection, seal),
  };
}
