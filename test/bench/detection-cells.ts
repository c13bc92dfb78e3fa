import { execFile } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import type { Cell } from './detection-run.ts';
import type { Summary } from './detection-summary.ts';

const script = new URL('./detection-main.ts', import.meta.url).pathname;
const run = promisify(execFile);

/** Runs every cell, as many at once as there are cores; `onDone` hears of each when it is done. */
export async function runCells(
  cells: readonly Cell[],
  onDone: (summary: Summary) => void,
): Promise<Summary[]> {
  const summaries: Summary[] = [];
  const waiting = [...cells.entries()];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, cell] = next;
      const summary = await runApart(cell);
      summaries[index] = summary;
      onDone(summary);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return summaries;
}

async function runApart(cell: Cell): Promise<Summary> {
  const { stdout } = await run(process.execPath, [script, JSON.stringify(cell)], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return JSON.parse(stdout) as Summary;
}
