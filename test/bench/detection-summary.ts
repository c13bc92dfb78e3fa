import type { Move, Sighting } from './detection-judge.ts';
import type { Cell, Findings } from './detection-run.ts';
import { hotIntervalMs } from './detection-wiring.ts';
import { percentile } from './statistics.ts';

/** Seconds from a change to its event, of one kind of change. */
export interface Delay {
  readonly kind: string;
  readonly count: number;
  readonly collapsed: number;
  readonly missed: number;
  readonly pending: number;
  /** Absent where none was announced. */
  readonly mean?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/** All that happened to one aspect of one contact and was said of it, with the readings of everyone meanwhile. */
interface Example {
  readonly reason: 'missed' | 'invented' | 'doubled' | 'disordered';
  readonly what: Move | Sighting;
  readonly moves: readonly Move[];
  readonly sightings: readonly Sighting[];
  readonly readings: Findings['readings'];
}

/** What one cell has shown, small enough to be handed from one process to another. */
export interface Summary {
  readonly cell: Cell;
  readonly delays: readonly Delay[];
  /** Mean delay of agents' changes over the least possible one. */
  readonly ratio: number;
  readonly boundSeconds: number;
  /** Mean delay of what the hot window shows, over the interval at which it is read. */
  readonly hotRatio: number;
  readonly missed: number;
  readonly pending: number;
  readonly invented: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  readonly busiestMinute: number;
  readonly limited: number;
  readonly baseline: Findings['baseline'];
  readonly requests: number;
  readonly requestsByTier: Findings['requestsByTier'];
  readonly readings: number;
  readonly meanMinority: number;
  readonly tookSeconds: number;
  /** A few of what should not be there, for whoever looks for the reason. */
  readonly examples: readonly Example[];
}

const byAgents = 'status by agent';
const seenHot = ['created', 'status by visitor'];

export function summarize(findings: Findings): Summary {
  const { cell, delays, missed, invented, doubled, disordered, boundMs, tookMs } = findings;
  const { baseline, busiestMinute, limited, requests, requestsByTier, readings } = findings;
  return {
    cell,
    delays: kindsOf(findings).map((kind) => delayOf(kind, findings)),
    ratio: mean(delays.get(byAgents) ?? []) / boundMs,
    boundSeconds: boundMs / 1000,
    hotRatio: mean(seenHot.flatMap((kind) => delays.get(kind) ?? [])) / hotIntervalMs,
    missed: missed.length,
    pending: findings.pending.length,
    invented: invented.length,
    doubled: doubled.length,
    outOfOrder: disordered.length + findings.outOfSequence,
    busiestMinute,
    limited,
    baseline,
    requests,
    requestsByTier,
    readings: readings.length,
    meanMinority: findings.meanMinority,
    tookSeconds: tookMs / 1000,
    examples: examplesOf(findings),
  };
}

function kindsOf({ delays, collapsed, missed, pending }: Findings): string[] {
  const silent = [...missed, ...pending].map(({ kind }) => kind ?? '');
  return [...new Set([...delays.keys(), ...collapsed.keys(), ...silent])].sort();
}

function delayOf(kind: string, findings: Findings): Delay {
  const ofKind = (moves: readonly Move[]) => moves.filter((move) => move.kind === kind).length;
  const delaysMs = findings.delays.get(kind) ?? [];
  const at = (share: number) => percentile(delaysMs, share) / 1000;
  return {
    kind,
    count: delaysMs.length,
    collapsed: findings.collapsed.get(kind) ?? 0,
    missed: ofKind(findings.missed),
    pending: ofKind(findings.pending),
    ...(delaysMs.length > 0 && {
      mean: mean(delaysMs) / 1000,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
    }),
  };
}

const mostExamples = 3;

function examplesOf(findings: Findings): Example[] {
  const reasons = ['missed', 'invented', 'doubled', 'disordered'] as const;
  return reasons.flatMap((reason) =>
    findings[reason].slice(0, mostExamples).map((what) => exampleOf(reason, what, findings)),
  );
}

function exampleOf(
  reason: Example['reason'],
  what: Move | Sighting,
  { trial, readings }: Findings,
): Example {
  const isOfTrack = ({ contactId, aspect }: Move | Sighting) =>
    contactId === what.contactId && aspect === what.aspect;
  const near = readings.findIndex(({ toMs }) => toMs >= what.atMs);
  return {
    reason,
    what,
    moves: trial.moves.filter(isOfTrack),
    sightings: trial.sightings.filter(isOfTrack),
    readings: readings.slice(Math.max(0, near - 1), near + 4),
  };
}

/** Mean delay of agents' changes, in seconds. */
export function agentsMean({ delays }: Summary): number {
  return delays.find(({ kind }) => kind === byAgents)?.mean ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
