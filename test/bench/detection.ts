import { runCells } from './detection-cells.ts';
import type { Cell } from './detection-run.ts';
import { agentsMean, type Summary } from './detection-summary.ts';
import { hotIntervalMs, requestsPerMinute } from './detection-wiring.ts';
import type { Benchmark, Row } from './row.ts';

/** An inbox that hears no filter but `lastSeenAt` can only be read page by page. */
const pageByPage = { filters: { createdAt: 'never', status: 'never' } } as const;

const base = { pageSize: 20, seed: 1, inbox: {} };
const cells: readonly Cell[] = [
  { ...base, contacts: 50_000, activeShare: null, hours: 3, hoursAfter: 1.5 },
  { ...base, contacts: 50_000, activeShare: 0.05, hours: 3, hoursAfter: 1.5, inbox: pageByPage },
  { ...base, contacts: 50_000, activeShare: 0.05, hours: 2, hoursAfter: 0.5 },
  { ...base, contacts: 10_000, activeShare: null, hours: 2, hoursAfter: 0.5 },
  { ...base, contacts: 10_000, activeShare: 0.05, hours: 2, hoursAfter: 0.5, inbox: pageByPage },
  { ...base, contacts: 10_000, activeShare: 0.05, hours: 2, hoursAfter: 0.5 },
];

export const detection: Benchmark = {
  name: 'detection',
  async run() {
    const summaries = await runCells(cells, () => {});
    const planned = summaries.filter(({ cell }) => cell.inbox.filters === undefined);
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
  const bound = `${summary.boundSeconds.toFixed(1)} s that nobody can beat`;
  const plain = pages === undefined ? '' : `; page by page ${agentsMean(pages).toFixed(0)} s`;
  return {
    name: `detection, ${contacts.toLocaleString('en')} contacts, ${statuses}`,
    ratio: summary.ratio,
    aim: { atMost: 1.3 },
    figures: `${agentsMean(summary).toFixed(1)} s of ${bound}${plain}`,
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
  const hours = sum(({ cell }) => cell.hours + cell.hoursAfter);
  const figures = `of ${found} changes in ${hours} hours of ${summaries.length} inboxes`;
  const zero = (name: string, ratio: number): Row => ({
    name: `detection, ${name}`,
    ratio,
    aim: { atMost: 0 },
    figures,
  });
  const most = Math.max(...summaries.map(({ busiestMinute }) => busiestMinute));
  return [
    zero(
      'missed',
      sum(({ missed }) => missed),
    ),
    zero(
      'invented',
      sum(({ invented }) => invented),
    ),
    zero(
      'doubled',
      sum(({ doubled }) => doubled),
    ),
    zero(
      'out of order',
      sum(({ outOfOrder }) => outOfOrder),
    ),
    zero(
      'requests refused',
      sum(({ limited }) => limited),
    ),
    {
      name: 'detection, busiest minute',
      ratio: most / requestsPerMinute,
      aim: { atMost: 1 },
      figures: `${most} of ${requestsPerMinute} requests`,
    },
  ];
}
