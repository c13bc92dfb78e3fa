import { readAnswer } from '#inbox/answer.ts';
import type { Parts } from '#parts.ts';
import { commitPage } from '#poll/commit-page.ts';
import { openBenchParts } from './installation.ts';
import { diffContext, makeRecords, nowMs } from './material.ts';
import type { Benchmark } from './row.ts';
import { clockMs, median } from './statistics.ts';

const rounds = 11;
/** Side by side, one page of each at a time, as a process polls its sources. */
const sourceCount = 4;
const contactsPerSource = 2500;
const contactCount = sourceCount * contactsPerSource;

/** A source under its lease. */
interface HeldSource {
  readonly id: string;
  readonly epoch: string;
}

export const diff: Benchmark = {
  name: 'diff',
  async run(redis) {
    await using opened = openBenchParts(redis.url);
    const { parts } = opened;
    const sources = await holdSources(parts);
    const records = makeRecords(contactsPerSource);
    const rows = [];
    for (const pageSize of [50, 100]) {
      const { parsing, committing } = await measure(parts, sources, records, pageSize);
      rows.push({
        name: `diff, pages of ${pageSize}`,
        ratio: median(committing) / median(parsing),
        aim: { atLeast: 0.35 },
        figures: `${thousands(committing)} of ${thousands(parsing)} contacts/s that JSON.parse alone reads, ${sourceCount} sources side by side`,
      });
    }
    return rows;
  },
};

async function holdSources({ sourceLeases }: Parts): Promise<HeldSource[]> {
  const ids = Array.from({ length: sourceCount }, (_, number) => `source-${number}`);
  const grants = await Promise.all(ids.map((id) => sourceLeases.acquire(id)));
  return ids.map((id, index) => {
    const grant = grants[index];
    if (grant?.kind !== 'acquired') throw new Error(`The lease on ${id} is ${grant?.kind}.`);
    return { id, epoch: grant.epoch };
  });
}

/** Contacts per second, in turns: `JSON.parse` alone, and everything from the same bytes to the commit. */
async function measure(
  parts: Parts,
  sources: readonly HeldSource[],
  records: readonly Record<string, unknown>[],
  pageSize: number,
) {
  const pages: Buffer[] = [];
  for (let start = 0; start < records.length; start += pageSize) {
    const data = records.slice(start, start + pageSize);
    pages.push(Buffer.from(JSON.stringify({ success: true, data })));
  }
  const parse = async () => {
    for (const bytes of pages) JSON.parse(bytes.toString('utf8'));
  };
  let readings = 0;
  const commit = async (source: HeldSource) => {
    for (const bytes of pages) await commitBytes(parts, source, bytes, nowMs + readings);
  };
  const rateOf = async (read: (source: HeldSource) => Promise<void>) => {
    readings += 1;
    const startedAtMs = clockMs();
    await Promise.all(sources.map(read));
    return (contactCount * 1000) / (clockMs() - startedAtMs);
  };
  // The first reading meets contacts that nobody knows yet: it is not measured.
  await rateOf(commit);
  const parsing: number[] = [];
  const committing: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    parsing.push(await rateOf(parse));
    committing.push(await rateOf(commit));
  }
  return { parsing, committing };
}

async function commitBytes(parts: Parts, { id, epoch }: HeldSource, bytes: Buffer, atMs: number) {
  const text = bytes.toString('utf8');
  const response = { statusCode: 200, headers: {}, text, askedAtMs: atMs, answeredAtMs: atMs };
  const answer = readAnswer(response, 'token');
  if (answer.kind !== 'page') throw new Error(`The page was read as ${answer.kind}.`);
  const context = { ...diffContext(id), observed: { fromMs: atMs, toMs: atMs } };
  const marks = () => ({ coveredUntilMs: atMs, clockOffsetMs: 0 });
  const outcome = await commitPage(parts.contacts, epoch, answer.contacts, context, marks);
  if (outcome.kind !== 'committed' || outcome.events > 0) {
    throw new Error('The page was not committed as one that brings no news.');
  }
}

function thousands(rates: readonly number[]): string {
  return `${(median(rates) / 1000).toFixed(1)} k`;
}
