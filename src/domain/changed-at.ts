/**
 * When something changes: now, and always after the change before, also where two fall into one millisecond or another
 * process's clock is behind. So no two states of one thing bear the same time. ISO 8601.
 */
export function changedAt(before: { readonly updatedAt: string }, nowMs: number): string {
  return new Date(Math.max(nowMs, Date.parse(before.updatedAt) + 1)).toISOString();
}
