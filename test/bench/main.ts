import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { addedDelay } from './added-delay.ts';
import { draining, live } from './deliveries.ts';
import { detection } from './detection.ts';
import { type GridName, grids, gridTable, runGrid } from './detection-grid.ts';
import { diff } from './diff.ts';
import { idle } from './idle.ts';
import { isolation } from './isolation.ts';
import { memory } from './memory.ts';
import { overview } from './overview.ts';
import { openBenchRedis } from './redis.ts';
import { type Row, toJson, toTable } from './row.ts';

const benchmarks = [draining, live, addedDelay, isolation, diff, memory, detection, idle, overview];

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    grid: { type: 'string' },
    contacts: { type: 'string' },
  },
});
if (values.grid !== undefined) await measureGrid(values.grid);
const chosen = benchmarks.filter(({ name }) => values.only === undefined || name === values.only);
if (chosen.length === 0) {
  console.error(`--only takes one of: ${benchmarks.map(({ name }) => name).join(', ')}`);
  process.exit(1);
}

const rows: Row[] = [];
{
  await using redis = await openBenchRedis((sentence) => console.error(sentence));
  console.error(`Redis: ${redis.how}`);
  for (const { name, run } of chosen) {
    console.error(`Measuring ${name} …`);
    await redis.empty();
    rows.push(...(await run(redis)));
  }
}
console.log(toTable(rows));
if (values.json !== undefined) await writeFile(values.json, toJson(rows));
// An aim that is missed is a figure, not a failure.
process.exit(0);

/** Every inbox of a grid watched for hours of a virtual clock: minutes of this one. */
async function measureGrid(name: string): Promise<never> {
  if (!Object.hasOwn(grids, name)) {
    console.error(`--grid takes one of: ${Object.keys(grids).join(', ')}`);
    process.exit(1);
  }
  const contacts = values.contacts === undefined ? null : Number(values.contacts);
  const summaries = await runGrid(name as GridName, contacts, ({ cell, tookSeconds }) => {
    console.error(`${JSON.stringify(cell)} took ${tookSeconds.toFixed(0)} s`);
  });
  console.log(gridTable(summaries));
  if (values.json !== undefined) await writeFile(values.json, JSON.stringify(summaries, null, 2));
  process.exit(0);
}
