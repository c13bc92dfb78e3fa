import { testBudgetLimit } from '../../support/budget-limit-suite.ts';
import { testBudgetQueue } from '../../support/budget-queue-suite.ts';
import { createMemoryBudget } from '../../support/memory-budget.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

function open() {
  const clock = createVirtualClock(Date.parse('2026-06-12T10:00:00.000Z'));
  const pass = async (ms: number) => clock.pass(ms);
  return { budget: createMemoryBudget(clock.now), token: 'token', pass, now: clock.now };
}

testBudgetLimit(open);
testBudgetQueue(open);
