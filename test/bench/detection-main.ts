import { type Cell, runCell } from './detection-run.ts';
import { summarize } from './detection-summary.ts';

/** One cell in a process of its own: `node test/bench/detection-main.ts '{"contacts":10000,…}'` prints its summary. */
const defaults: Cell = {
  contacts: 10_000,
  pageSize: 20,
  activeShare: 0.05,
  seed: 1,
  hours: 1,
  hoursAfter: 0.25,
  inbox: {},
};

const wished = JSON.parse(process.argv[2] ?? '{}') as Partial<Cell>;
const summary = summarize(await runCell({ ...defaults, ...wished }));
console.log(JSON.stringify(summary, null, 2));
