import { parseDeliveryRef } from '#domain/delivery.ts';
import type { Subscription } from '#domain/subscription.ts';
import type { ClaimedDelivery, LaneHealth, LaneOutcome, Recorded } from '#store/lane-work.ts';
import { type Attempted, attemptDelivery, type LoadedDelivery } from './attempt-delivery.ts';
import { createAttemptReporter, type ReportAttempt } from './attempt-report.ts';
import type { DrainOutcome, DrainPorts, DrainSignals } from './drain-ports.ts';
import { healthAfter } from './lane-health.ts';
import { createOutcomeRecorder, type OutcomeRecorder } from './outcome-recorder.ts';

/** A lane yields after this much time or this many attempts, so that lanes share the slots fairly. */
const sliceMs = 2000;
const sliceAttempts = 500;
/** How many deliveries are looked up at once, and from how few left on the next are. */
const claimCount = 50;
const claimAgainAt = 25;
/** While answers are slow: how often new work is looked for, so that one that hangs does not hold up the others. */
const lookAgainMs = 250;

/** The lane as its present holder has it. */
export interface HeldLane {
  readonly subscription: Subscription;
  readonly epoch: string;
  readonly mode: 'drain' | 'probe';
  readonly health: LaneHealth;
}

/**
 * One slice of one lane's work. In-flight cap, order and health are plain local state here, because nobody else works on
 * the lane at the same time.
 */
export class LaneDrain {
  readonly #ports: DrainPorts;
  readonly #lane: HeldLane;
  readonly #signals: DrainSignals;
  readonly #recorder: OutcomeRecorder;
  readonly #report: ReportAttempt;
  #sliceStartedAtMs: number;
  /** Those ready to be sent and those on their way. */
  readonly #held = new Set<string>();
  #ready: LoadedDelivery[] = [];
  #onTheirWay = 0;
  #health: LaneHealth;
  /** The last claim left some behind. */
  #mayHoldMore = false;
  /** The subscriber wants no more (410). */
  #isGone = false;
  /** Another drain has the lane. */
  #isLost = false;
  #attempts = 0;
  /** What is in Redis says more than what was claimed: look again, once all is recorded. */
  #isSettling = false;
  #failure: unknown = null;
  #progress = Promise.withResolvers<void>();

  constructor(ports: DrainPorts, lane: HeldLane, signals: DrainSignals) {
    this.#ports = ports;
    this.#lane = lane;
    this.#signals = signals;
    this.#health = lane.health;
    this.#sliceStartedAtMs = ports.now();
    this.#report = createAttemptReporter(ports, lane.subscription);
    this.#recorder = createOutcomeRecorder({
      record: (outcomes) => this.#record(outcomes),
      onRecorded: (recorded) => {
        if (recorded.kind === 'fenced') this.#isLost = true;
        else if (recorded.status !== 'active') this.#settle();
        this.#wakeUp();
      },
      onError: (error) => this.#fail(error),
    });
  }

  /** Sends until nothing is due, the slice is over, or the lane is no longer to be drained in this mode. */
  async run(): Promise<DrainOutcome> {
    for (;;) {
      const claimed = this.#mayClaim() ? await this.#claim() : null;
      if (claimed?.kind === 'fenced') this.#isLost = true;
      const foundNothing = claimed?.kind === 'claimed' && this.#ready.length === 0;
      this.#startReady();
      const outcome = this.#outcome(foundNothing ? claimed : null);
      if (outcome !== null) return outcome;
      await this.#change();
    }
  }

  /** Null while there is still something to wait for; `nothingDue` is a claim that found nothing to send. */
  #outcome(nothingDue: { readonly nextDueMs: number | null } | null): DrainOutcome | null {
    if (this.#onTheirWay > 0) return null;
    if (this.#isLost) return { kind: 'nothing' };
    if (this.#failure !== null) throw this.#failure;
    if (this.#recorder.unrecorded > 0) return null;
    const failing = this.#health.failures > 0;
    if (nothingDue === null) return { kind: 'more', failing };
    return { kind: 'idle', failing, nextDueMs: nothingDue.nextDueMs };
  }

  /** Resolves when an attempt was recorded or ended; while some are on their way also after a while without. */
  async #change(): Promise<void> {
    const { promise } = this.#progress;
    const timer = setTimeout(() => {
      // The slot is taken by those on their way as it is: what comes meanwhile may go out beside them.
      if (this.#onTheirWay > 0) this.#renewSlice();
      this.#wakeUp();
    }, lookAgainMs);
    await promise;
    clearTimeout(timer);
  }

  #renewSlice(): void {
    this.#sliceStartedAtMs = this.#ports.now();
    this.#attempts = 0;
  }

  #mayClaim(): boolean {
    if (this.#recorder.unrecorded === 0) this.#isSettling = false;
    if (this.#isSettling || this.#mostAtOnce() === 0) return false;
    return this.#isRunningOut() || (this.#ready.length === 0 && this.#room() > 0);
  }

  #isRunningOut(): boolean {
    return this.#mayHoldMore && this.#ready.length <= claimAgainAt;
  }

  /** Null when what ended meanwhile outdates it. */
  async #claim() {
    const { work, eventLog, now } = this.#ports;
    const { subscription, epoch } = this.#lane;
    // As it is before the call: what is recorded while the answer is under way may still be in it.
    const known = new Set([...this.#held, ...this.#recorder.refs()]);
    const most = known.size + claimCount;
    const claimed = await work.claim(subscription.id, epoch, now(), most);
    if (claimed.kind === 'fenced') return claimed;
    // A log that lost its tail can put the same ref onto a lane twice: one is sent, the other by the next claim.
    const fresh = claimed.deliveries.filter(({ ref }) => !known.has(ref) && known.add(ref));
    const bodies = await eventLog.bodies(fresh.map(({ ref }) => ref));
    if (this.#isSettling) return null;
    this.#mayHoldMore = claimed.deliveries.length === most;
    for (const [index, delivery] of fresh.entries()) {
      const body = bodies[index];
      const { eventId } = parseDeliveryRef(delivery.ref);
      if (body) this.#hold({ ...delivery, eventId, body });
      else this.#expire(delivery);
    }
    return claimed;
  }

  #expire(delivery: ClaimedDelivery): void {
    this.#recorder.add({ ...delivery, kind: 'expired', dueMs: null });
    this.#ports.onExpired(1);
  }

  #hold(delivery: LoadedDelivery): void {
    this.#held.add(delivery.ref);
    this.#ready.push(delivery);
  }

  /** How many attempts may start now. */
  #room(): number {
    return this.#mostAtOnce() - this.#onTheirWay;
  }

  /** While the lane's last attempt failed, a probe tries one delivery at a time and a drain none. */
  #mostAtOnce(): number {
    const { subscription, mode } = this.#lane;
    const { stopping, abort } = this.#signals;
    const isOver =
      this.#attempts >= sliceAttempts || this.#ports.now() - this.#sliceStartedAtMs >= sliceMs;
    if (isOver || stopping.aborted || abort.aborted) return 0;
    if (this.#isLost || this.#failure !== null) return 0;
    const failingRoom = mode === 'probe' ? 1 : 0;
    return this.#health.failures > 0 ? failingRoom : subscription.maxInFlight;
  }

  #startReady(): void {
    while (this.#room() > 0) {
      const delivery = this.#ready.shift();
      if (delivery === undefined) return;
      this.#start(delivery);
    }
  }

  #start(delivery: LoadedDelivery): void {
    this.#attempts += 1;
    this.#onTheirWay += 1;
    attemptDelivery(
      this.#ports,
      this.#lane.subscription,
      delivery,
      this.#health.holdUntilMs,
      this.#signals.abort,
    ).then(
      (attempted) => this.#finish(delivery, attempted),
      (error) => {
        this.#letGo(delivery);
        this.#fail(error);
      },
    );
  }

  #finish(delivery: LoadedDelivery, attempted: Attempted): void {
    const { verdict, outcome } = attempted;
    this.#letGo(delivery);
    this.#health = healthAfter(this.#health, verdict, this.#ports.now());
    if (verdict.kind === 'gone') this.#isGone = true;
    if (verdict.kind !== 'delivered') this.#settle();
    if (outcome !== null) this.#recorder.add(outcome);
    this.#report(delivery, attempted);
    // The next one need not wait until this one is recorded.
    this.#startReady();
    if (this.#isSettling || this.#onTheirWay === 0) this.#recorder.flush();
    if (outcome === null || this.#isRunningOut()) this.#wakeUp();
  }

  #letGo({ ref }: LoadedDelivery): void {
    this.#onTheirWay -= 1;
    this.#held.delete(ref);
  }

  /** Whatever was claimed stays in the lane; what may be sent now is asked again. */
  #settle(): void {
    for (const { ref } of this.#ready) this.#held.delete(ref);
    this.#ready = [];
    this.#isSettling = true;
  }

  #record(outcomes: readonly LaneOutcome[]): Promise<Recorded> {
    const { work, now } = this.#ports;
    const { subscription, epoch } = this.#lane;
    const state = { outcomes, health: this.#health, isGone: this.#isGone };
    return work.record(subscription.id, epoch, now(), state);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#wakeUp();
  }

  #wakeUp(): void {
    this.#progress.resolve();
    this.#progress = Promise.withResolvers();
  }
}
