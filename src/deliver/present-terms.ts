import type { Subscription } from '#domain/subscription.ts';
import { createAttemptReporter, type ReportAttempt } from './attempt-report.ts';
import type { DrainPorts } from './drain-ports.ts';

/** Attempts go by what the subscription said no longer ago than this. */
const holdsForMs = 250;

/** What a drain's subscription says at present: its owner may change it, or take it away, while deliveries are under way. */
export class PresentTerms {
  readonly #ports: DrainPorts;
  #subscription: Subscription;
  #report: ReportAttempt;
  #readAtMs: number;

  constructor(ports: DrainPorts, subscription: Subscription) {
    this.#ports = ports;
    this.#subscription = subscription;
    this.#report = createAttemptReporter(ports, subscription);
    this.#readAtMs = ports.now();
  }

  get subscription(): Subscription {
    return this.#subscription;
  }

  get report(): ReportAttempt {
    return this.#report;
  }

  /** Reads it again where it may have changed; false when it is no longer there. */
  async renew(): Promise<boolean> {
    return this.#ports.now() - this.#readAtMs < holdsForMs || this.read();
  }

  async read(): Promise<boolean> {
    const readAtMs = this.#ports.now();
    const found = await this.#ports.subscriptions.get(this.#subscription.id);
    if (found === null) return false;
    this.#readAtMs = readAtMs;
    if (found !== this.#subscription) {
      this.#subscription = found;
      this.#report = createAttemptReporter(this.#ports, found);
    }
    return true;
  }
}
