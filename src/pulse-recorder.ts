import type { Metrics } from '#api/metrics.ts';
import { type Counted, keptMinutes, minuteOf, type Pulse } from '#store/pulse.ts';

export interface PulseRecorder {
  /** The same, counted on the way. */
  readonly metrics: Metrics;
  /** Writes what is not written yet. */
  close(): Promise<void>;
}

export interface PulsePorts {
  readonly pulse: Pick<Pulse, 'add'>;
  readonly now: () => number;
  /** Calls back once, later; keeps no process alive. */
  readonly later: (callback: () => void) => void;
  readonly onError: (error: unknown) => void;
}

type Counts = Record<Counted, number>;

/** Counts what the plots show, and writes it once in a while: a delivery must not cost another trip to Redis. */
export function recordPulse(metrics: Metrics, ports: PulsePorts): PulseRecorder {
  const { pulse, now, later, onError } = ports;
  let minutes = new Map<number, Counts>();
  let isPlanned = false;
  let writing: Promise<void> | null = null;

  const count = (what: Counted, by: number) => {
    const minute = minuteOf(now());
    const counts = minutes.get(minute) ?? { events: 0, delivered: 0, refused: 0, lateMs: 0 };
    counts[what] += by;
    minutes.set(minute, counts);
    if (isPlanned) return;
    isPlanned = true;
    later(() => void write());
  };

  // A Redis that is away makes it wait, and what comes meanwhile is added up; the oldest of it would be forgotten there anyway.
  async function write(): Promise<void> {
    await writing;
    isPlanned = false;
    const due = [...minutes].slice(-keptMinutes);
    minutes = new Map();
    writing = Promise.all(due.map(([minute, counts]) => pulse.add(minute, counts)))
      .then(() => {}, onError)
      .finally(() => {
        writing = null;
      });
    await writing;
  }

  return {
    metrics: {
      ...metrics,
      onEventsCommitted(sourceId, events) {
        metrics.onEventsCommitted(sourceId, events);
        count('events', events);
      },
      onAttempt(report) {
        metrics.onAttempt(report);
        if (report.outcome !== 'delivered') return count('refused', 1);
        count('delivered', 1);
        count('lateMs', Math.max(0, Math.round(report.sinceCommitMs)));
      },
    },
    close: write,
  };
}
