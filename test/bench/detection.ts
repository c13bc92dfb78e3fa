import { runCells } from './detection-cells.ts';
import type { Cell } from './detection-run.ts';
import { agentsMean, type Summary } from './detection-summary.ts';
import { hotIntervalMs, requestsPerMinute } from './detection-wiring.ts';
import type { Benchmark, Row } from './row.ts';

/** An inbox that hears no filter but `lastSeenAt` can only be read page by page. */
const pageByPage = { filters: { createdAt: 'never', status: 'never' } } as const;

const base = { pageSize: 20, activeShare: 0.05, seed: 1, inbox: {} };
/** The longest first, so that no core is left alone with it. */
const measured: readonly Cell[] = [
  { ...base, contacts: 50_000, activeShare: null, hours: 1.5, hoursAfter: 1.25 },
  { ...base, contacts: 50_000, hours: 1.5, hoursAfter: 0.25 },
  { ...base, contacts: 10_000, activeShare: null, hours: 1, hoursAfter: 0.25 },
  { ...base, contacts: 10_000, hours: 2, hoursAfter: 0.25 },
];
const plain: readonly Cell[] = [
  { ...base, contacts: 50_000, hours: 1.5, hoursAfter: 0.5, inbox: pageByPage },
  { ...base, contacts: 10_000, hours: 1, hoursAfter: 0.25, inbox: pageByPage },
];
/** Small enough to be read completely so often that nothing can be too young to be missed. */
const small: Cell = { ...base, contacts: 1000, hours: 1, hoursAfter: 0.25 };

export const detection: Benchmark = {
  name: 'detection',
  async run() {
    const summaries = await runCells([...measured, ...plain, small], ({ cell, examples }) => {
      // What should not be is shown, and not only counted.
      if (examples.length > 0) console.error(JSON.stringify({ cell, examples }));
    });
    const planned = summaries.slice(0, measured.length);
    return [
      ...planned.map((summary) => ratioRow(summary, summaries)),
      hotRow(planned),
      ...zeroRows(summaries),
    ];
  },
};

function ratioRow(summary: Summary, all: readonly Summary[]): Row {
  const { contacts, activeShare } = summary.cell;
  const pages = all.find(
    ({ cell }) => cell.inbox.filters !== undefined && cell.contacts === contacts,
  );
  const statuses = activeShare === null ? 'even statuses' : `${activeShare * 100} % active`;
  const bound = `${summary.boundSeconds.toFixed(1)} s that one even reading of the minority takes`;
  const slow = pages === undefined ? '' : `; page by page ${agentsMean(pages).toFixed(0)} s`;
  return {
    name: `detection, ${contacts.toLocaleString('en')} contacts, ${statuses}`,
    ratio: summary.ratio,
    aim: { atMost: 1.3 },
    figures: `${agentsMean(summary).toFixed(1)} s of ${bound}${slow}`,
  };
}

/** New contacts and visitors' changes. */
function hotRow(summaries: readonly Summary[]): Row {
  const ratio = Math.max(...summaries.map(({ hotRatio }) => hotRatio));
  const interval = hotIntervalMs / 1000;
  const figures = `${(ratio * interval).toFixed(1)} s where every ${interval} s is looked for news`;
  return { name: 'detection, visitors', ratio, aim: { atMost: 0.6 }, figures };
}

function zeroRows(summaries: readonly Summary[]): Row[] {
  const sum = (count: (summary: Summary) => number) =>
    summaries.reduce((total, summary) => total + count(summary), 0);
  const found = sum(({ delays }) => delays.reduce((total, { count }) => total + count, 0));
  const open = sum(({ pending }) => pending);
  const hours = sum(({ cell }) => cell.hours + cell.hoursAfter);
  const inboxes = `in ${hours} hours of ${summaries.length} inboxes`;
  const zero = (name: string, count: (summary: Summary) => number): Row => ({
    name: `detection, ${name}`,
    ratio: sum(count),
    aim: { atMost: 0 },
    figures: `${found} changes announced ${inboxes}, ${open} not yet due`,
  });
  const most = Math.max(...summaries.map(({ busiestMinute }) => busiestMinute));
  return [
    zero('missed', ({ missed }) => missed),
    zero('invented', ({ invented }) => invented),
    zero('doubled', ({ doubled }) => doubled),
    zero('out of order', ({ outOfOrder }) => outOfOrder),
    zero('requests refused', ({ limited }) => limited),
    {
      name: 'detection, busiest minute',
      ratio: most / requestsPerMinute,
      aim: { atMost: 1 },
      figures: `${most} of ${requestsPerMinute} requests`,
    },
  ];
}
