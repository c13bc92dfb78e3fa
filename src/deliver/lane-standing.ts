import type { DisabledReason, SubscriptionId } from '#domain/subscription.ts';
import type { LaneHealth } from '#store/lane-health.ts';
import type { LaneOutcomes } from '#store/lane-work.ts';
import type { Verdict } from './classify.ts';
import { judge } from './lane-health.ts';
import { noticeOf } from './lane-notices.ts';

/** How a lane stands after each attempt of one drain, and what is still to be recorded of it. */
export class LaneStanding {
  readonly #id: SubscriptionId;
  #health: LaneHealth;
  #disable: DisabledReason | null = null;
  #notices: string[] = [];

  constructor(id: SubscriptionId, health: LaneHealth) {
    this.#id = id;
    this.#health = health;
  }

  get health(): LaneHealth {
    return this.#health;
  }

  get isFailing(): boolean {
    return this.#health.failures > 0;
  }

  judge(verdict: Verdict, nowMs: number): void {
    const { health, alarm } = judge(this.#health, verdict, nowMs);
    this.#health = health;
    if (alarm === null || this.#disable !== null) return;
    if (alarm.kind === 'disabled') this.#disable = alarm.reason;
    this.#notices.push(JSON.stringify(noticeOf(this.#id, alarm, health, nowMs)));
  }

  /** What is recorded with outcomes; a notice is in one recording only. */
  take(): Omit<LaneOutcomes, 'outcomes'> {
    return { health: this.#health, disable: this.#disable, notices: this.#notices.splice(0) };
  }
}
