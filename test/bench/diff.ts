import { readAnswer } from '#inbox/answer.ts';
import type { Parts } from '#parts.ts';
import { commitPage } from '#poll/commit-page.ts';
import { openBenchParts } from './installation.ts';
import { diffContext, makeRecords, nowMs } from './material.ts';
import type { Benchmark } from './row.ts';
import { clockMs, median } from './statistics.ts';

const rounds = 15;
const contactCount = 5000;
const sourceId = 'source-0';

export const diff: Benchmark = {
  name: 'diff',
  async run(redis) {
    await using opened = openBenchParts(redis.url);
    const { parts } = opened;
    const grant = await parts.sourceLeases.acquire(sourceId);
    if (grant.kind !== 'acquired') throw new Error(`The lease is ${grant.kind}.`);
    const records = makeRecords(contactCount);
    const rows = [];
    for (const pageSize of [50, 100]) {
      const { parsing, committing } = await measure(parts, grant.epoch, records, pageSize);
      rows.push({
        name: `diff, pages of ${pageSize}`,
        ratio: median(committing) / median(parsing),
        aim: { atLeast: 0.35 },
        figures: `${thousands(committing)} of ${thousands(parsing)} contacts/s that JSON.parse alone reads`,
      });
    }
    return rows;
  },
};

/** Contacts per second, in turns: `JSON.parse` alone, and everything from the same bytes to the commit. */
async function measure(
  parts: Parts,
  epoch: string,
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
  const commit = async () => {
    readings += 1;
    for (const bytes of pages) await commitBytes(parts, epoch, bytes, nowMs + readings);
  };
  // The first reading meets contacts that nobody knows yet: it is not measured.
  await commit();
  const parsing: number[] = [];
  const committing: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    parsing.push(await rateOf(parse));
    committing.push(await rateOf(commit));
  }
  return { parsing, committing };
}

async function commitBytes(parts: Parts, epoch: string, bytes: Buffer, atMs: number) {
  const text = bytes.toString('utf8');
  const response = { statusCode: 200, headers: {}, text, askedAtMs: atMs, answeredAtMs: atMs };
  const answer = readAnswer(response, 'token');
  if (answer.kind !== 'page') throw new Error(`The page was read as ${answer.kind}.`);
  const context = { ...diffContext(sourceId), observed: { fromMs: atMs, toMs: atMs } };
  const marks = () => ({ coveredUntilMs: atMs, clockOffsetMs: 0 });
  const outcome = await commitPage(parts.contacts, epoch, answer.contacts, context, marks);
  if (outcome.kind !== 'committed' || outcome.events > 0) {
    throw new Error('The page was not committed as one that brings no news.');
  }
}

async function rateOf(read: () => Promise<void>): Promise<number> {
  const startedAtMs = clockMs();
  await read();
  return (contactCount * 1000) / (clockMs() - startedAtMs);
}

function thousands(rates: readonly number[]): string {
  return `${(median(rates) / 1000).toFixed(1)} k`;
}
