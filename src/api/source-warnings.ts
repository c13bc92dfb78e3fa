import type { BudgetUsage } from '#store/budget.ts';
import type { SourceRuntime } from '#store/source-state.ts';

const ignored = {
  lastSeenAt:
    'The inbox ignores the filter `lastSeenAt`: new contacts and messages are found only as the whole inbox is read.',
  createdAt:
    'The inbox ignores the filter `createdAt`: it is read from the first page to the last, so changes are found later.',
  status:
    'The inbox ignores the filter `status`: everyone is read as often as those in open conversations, so changes are found later.',
} as const;

/** What makes a source slower than it could be, a sentence each. */
export function sourceWarnings({ learned }: SourceRuntime, usage: BudgetUsage): string[] {
  const warnings: string[] = [];
  for (const [filter, warning] of Object.entries(ignored)) {
    if (learned?.[filter as keyof typeof ignored].verdict === 'ignored') warnings.push(warning);
  }
  if (learned?.shortPages) {
    warnings.push(
      'The inbox sends short pages although more follow: only an empty page counts as the end, which costs a request more.',
    );
  }
  if (usage.limitedAtMs !== null) {
    warnings.push(
      `The inbox refused a request for which there was room, so someone else uses this token: ${usage.limitInForce} of ${usage.limit} requests a minute are in force.`,
    );
  }
  return warnings;
}
