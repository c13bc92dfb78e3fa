import { allFilters, type SimulatorOptions } from '#simulator/settings.ts';
import { runCells } from './detection-cells.ts';
import type { Cell } from './detection-run.ts';
import type { Summary } from './detection-summary.ts';
import { requestsPerMinute } from './detection-wiring.ts';
import { alignColumns } from './row.ts';

/**
 * Cold readings get a tenth of the requests, and two of them have to follow the last change that is judged. Where that
 * takes days, the cell ends before, and what is open then is neither found nor missed.
 */
function cellOf(contacts: number, pageSize: number, activeShare: number | null): Cell {
  const readingHours = contacts / (pageSize * requestsPerMinute * 60);
  const hours = clamp(5 * readingHours, 1, 4);
  const hoursAfter = clamp(2 * 10 * 1.2 * readingHours, 0.5, 18);
  return { contacts, pageSize, activeShare, seed: 1, hours, hoursAfter, inbox: {} };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

function sizes(): Cell[] {
  return [1000, 10_000, 50_000, 200_000].flatMap((contacts) =>
    [10, 20, 50, 100].flatMap((pageSize) =>
      [0.02, 0.1, 0.4, 1].map((activeShare) => cellOf(contacts, pageSize, activeShare)),
    ),
  );
}

/** What is wrong with an inbox, and what it then does. */
const badInboxes: Readonly<Record<string, SimulatorOptions>> = {
  'lastSeenAt ignored': { filters: { lastSeenAt: 'never' } },
  'createdAt ignored': { filters: { createdAt: 'never' } },
  'status ignored': { filters: { status: 'never' } },
  'all filters ignored': { filters: allFilters('never') },
  'filters only where named': { filters: allFilters('whenNamed') },
  'sorted by nothing': { sort: 'none' },
  'sorted by createdAt': { sort: 'createdAt' },
  'sorted by updatedAt': { sort: 'updatedAt' },
  'failing 8 %': {
    errorRates: { server500: 0.02, html: 0.02, cut: 0.02, unsuccessful: 0.02 },
  },
  'hanging 2 %': { errorRates: { hang: 0.02 } },
  'clock an hour ahead': { clockOffsetMs: 3_600_000 },
  'clock an hour behind': { clockOffsetMs: -3_600_000 },
  'deleted stay listed': { deleted: 'listed' },
  'answers stale by 5 s': { lies: { staleAnswers: 0.1, staleMs: 5000 } },
  'index late by 10 s': { lies: { indexLagMs: 10_000 } },
  'short pages': { lies: { shortPages: 0.1 } },
  'empty pages': { lies: { emptyPages: 0.05 } },
  'last page repeated': { lies: { pastEnd: 'lastPage' } },
  'every page is page 1': { lies: { ignoresPage: true } },
  'broken records': { lies: { brokenRecords: 0.02 } },
  'stamps and bounds in seconds': { lies: { stampsInSeconds: true, boundsInSeconds: true } },
  'exclusive bounds': { lies: { bounds: 'exclusive' } },
  'another order every time': { sort: 'none', lies: { shuffles: true } },
  'token shared': { lies: { foreignPerMinute: 30 } },
};

function lies(): Cell[] {
  return Object.values(badInboxes).map((inbox) => ({ ...cellOf(1000, 20, 0.05), inbox }));
}

export const grids = { sizes, lies };
export type GridName = keyof typeof grids;

/** The whole grid, or only its inboxes with so many contacts. */
export async function runGrid(
  name: GridName,
  contacts: number | null,
  onDone: (summary: Summary) => void,
): Promise<Summary[]> {
  const cells = grids[name]().filter((cell) => contacts === null || cell.contacts === contacts);
  return runCells(cells, onDone);
}

const title = [
  ...['contacts', 'page', 'active', 'inbox', 'change', 'n', 'mean s', 'p50', 'p95', 'p99'],
  ...['collapsed', 'missed', 'open', 'invented', 'doubled', 'disorder', 'max/60 s', '429'],
  ...['ratio', 'readings', 'baseline', 'took s'],
];

export function gridTable(summaries: readonly Summary[]): string {
  return alignColumns([title, ...summaries.flatMap(linesOf)]);
}

function linesOf(summary: Summary): string[][] {
  const { cell, invented, doubled, outOfOrder, busiestMinute, limited, baseline } = summary;
  const head = [
    cell.contacts.toLocaleString('en'),
    String(cell.pageSize),
    cell.activeShare === null ? 'even' : `${cell.activeShare * 100} %`,
    describe(cell.inbox),
  ];
  const tail = [
    ...[invented, doubled, outOfOrder, busiestMinute, limited].map(String),
    summary.ratio.toFixed(2),
    String(summary.readings),
    `${baseline.requests} in ${baseline.minutes.toFixed(0)} min`,
    summary.tookSeconds.toFixed(0),
  ];
  return summary.delays.map((delay, index) => [
    ...(index === 0 ? head : head.map(() => '')),
    delay.kind,
    String(delay.count),
    ...[delay.mean, delay.p50, delay.p95, delay.p99].map((seconds) => seconds?.toFixed(1) ?? ''),
    ...[delay.collapsed, delay.missed, delay.pending].map(String),
    ...(index === 0 ? tail : []),
  ]);
}

function describe(inbox: SimulatorOptions): string {
  const text = JSON.stringify(inbox);
  const names = Object.entries(badInboxes);
  return names.find(([, bad]) => JSON.stringify(bad) === text)?.[0] ?? '';
}
