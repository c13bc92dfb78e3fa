import type { Finding } from './finding.ts';

const columns = 9;

/** Problems first: what has to be done stands at the top of what is read. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  const order = ['problem', 'warning', 'ok'] as const;
  return order.flatMap((level) => findings.filter((finding) => finding.level === level));
}

/** For people: a line each, and under what is not as it should be why, and what to do. */
export function describeFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ level, what, why, remedy }) => [
    `${level.padEnd(columns)}${what}`,
    ...(why === null ? [] : [`${' '.repeat(columns)}Why: ${why}`]),
    ...(remedy === null ? [] : [`${' '.repeat(columns)}Do:  ${remedy}`]),
  ]);
  return [...lines, '', summary(findings)].join('\n');
}

function summary(findings: readonly Finding[]): string {
  const count = (level: Finding['level']) =>
    findings.filter((finding) => finding.level === level).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (problems + warnings === 0) return 'All is well.';
  return `${some(problems, 'problem')}, ${some(warnings, 'warning')}.`;
}

function some(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

export function hasProblem(findings: readonly Finding[]): boolean {
  return findings.some(({ level }) => level === 'problem');
}
