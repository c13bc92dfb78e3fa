import type { BenchRedis } from './redis.ts';

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly ratio: number;
  readonly aim: Aim;
  /** The absolute figures behind the ratio, for people. */
  readonly figures: string;
}

export type Aim = { readonly atLeast: number } | { readonly atMost: number };

/** What can be run by itself with `--only`. `redis` is empty and nobody else's. */
export interface Benchmark {
  readonly name: string;
  run(redis: BenchRedis): Promise<Row[]>;
}

export function passes({ ratio, aim }: Row): boolean {
  return 'atLeast' in aim ? ratio >= aim.atLeast : ratio <= aim.atMost;
}

/** As `--json` writes it (contract section 1). */
export function toJson(rows: readonly Row[]): string {
  const entries = rows.map((row) => ({
    name: row.name,
    ratio: round(row.ratio),
    aim: aimOf(row.aim),
    pass: passes(row),
  }));
  return `${JSON.stringify(entries, null, 2)}\n`;
}

export function toTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    passes(row) ? '✓' : '✗',
    row.name,
    row.ratio.toFixed(2),
    `${'atLeast' in row.aim ? '≥' : '≤'} ${aimOf(row.aim)}`,
    row.figures,
  ]);
  return alignColumns([['', 'what', 'ratio', 'aim', 'figures'], ...cells]);
}

/** Every column but the last as wide as its widest cell. */
export function alignColumns(lines: readonly (readonly string[])[]): string {
  const columns = Math.max(...lines.map(({ length }) => length)) - 1;
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .join('\n');
}

function aimOf(aim: Aim): number {
  return 'atLeast' in aim ? aim.atLeast : aim.atMost;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
