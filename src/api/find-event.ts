import { type EventId, serviceSourceId } from '#domain/change-event.ts';
import type { EventLog, LoggedEvent } from '#store/event-log.ts';
import type { Sources } from '#store/sources.ts';

interface FindEventPorts {
  readonly eventLog: Pick<EventLog, 'find'>;
  readonly sources: Pick<Sources, 'logIds'>;
}

/** An event and the log that it lies in. */
interface FoundEvent {
  readonly source: string;
  readonly entry: LoggedEvent;
}

/** Every log there is, that of the service too. */
export async function everyLog({ sources }: Pick<FindEventPorts, 'sources'>): Promise<string[]> {
  return [...(await sources.logIds()), serviceSourceId];
}

/** From whichever log; null where none has it any more. */
export async function findEvent(ports: FindEventPorts, id: string): Promise<FoundEvent | null> {
  const found = (await everyLog(ports)).map(async (source) => {
    const entry = await ports.eventLog.find(source, id as EventId);
    return entry === null ? [] : [{ source, entry }];
  });
  return (await Promise.all(found)).flat()[0] ?? null;
}
