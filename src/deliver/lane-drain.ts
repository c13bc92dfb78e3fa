import type { ClaimedDelivery, LaneOutcome, Recorded } from '#store/lane-work.ts';
import { type Attempted, attemptDelivery, type LoadedDelivery } from './attempt-delivery.ts';
import { claimCountAfter, claimDeliveries, type LoadedClaim, wishOf } from './claim-deliveries.ts';
import type { DrainOutcome, DrainPorts, DrainSignals, HeldLane } from './drain-ports.ts';
import { LaneStanding } from './lane-standing.ts';
import { createOutcomeRecorder, type OutcomeRecorder } from './outcome-recorder.ts';
import { PresentTerms } from './present-terms.ts';
import { Progress } from './progress.ts';
import { ReadyQueue } from './ready-queue.ts';
import { Slice } from './slice.ts';

/** From so few left on more are looked up. */
const claimAgainAt = 25;
/** While answers are slow: how often new work is looked for, so that one that hangs does not hold up the others. */
const lookAgainMs = 250;

/**
 * One slice of one lane's work. In-flight cap, order and health are plain local state here, because nobody else works on
 * the lane at the same time.
 */
export class LaneDrain {
  readonly #ports: DrainPorts;
  readonly #lane: HeldLane;
  readonly #signals: DrainSignals;
  readonly #recorder: OutcomeRecorder;
  readonly #slice: Slice;
  readonly #ready: ReadyQueue;
  readonly #standing: LaneStanding;
  readonly #terms: PresentTerms;
  #claimedAtMs: number | null = null;
  #onTheirWay = 0;
  /** The last claim left some behind. */
  #mayHoldMore = false;
  #nextDueMs: number | null = null;
  /** Another drain has the lane, or it is no longer there. */
  #isLost = false;
  /** What this drain began with holds no longer: the next one takes over. */
  #isOutdated = false;
  /** What is in Redis says more than what was claimed: look again, once all is recorded. */
  #isSettling = false;
  #failure: unknown = null;
  readonly #progress = new Progress();
  /** There is something to announce. */
  hasNotices = false;

  constructor(ports: DrainPorts, lane: HeldLane, signals: DrainSignals) {
    this.#ports = ports;
    this.#lane = lane;
    this.#signals = signals;
    this.#standing = new LaneStanding(lane.subscription.id, lane.health);
    this.#slice = new Slice(ports.now);
    this.#terms = new PresentTerms(ports, lane.subscription);
    this.#ready = new ReadyQueue(lane.subscription.ordering === 'contact');
    this.#recorder = createOutcomeRecorder({
      record: (outcomes) => this.#record(outcomes),
      onRecorded: (recorded) => {
        if (recorded.kind === 'fenced') this.#isLost = true;
        else if (recorded.kind === 'outdated') this.#isOutdated = true;
        else if (recorded.status !== 'active') this.#settle();
        this.#progress.made();
      },
      onError: (error) => this.#fail(error),
    });
  }

  /** Sends until nothing is due, the slice is over, or the lane is no longer to be drained in this mode. */
  async run(): Promise<DrainOutcome> {
    for (;;) {
      const claimed = await this.#lookUp();
      const foundNothing = this.#ready.size === 0 && claimed?.more === false;
      this.#startReady();
      const outcome = this.#outcome(foundNothing ? claimed : null);
      if (outcome !== null) {
        this.#ready.clear();
        await this.#giveBackStarts();
        return outcome;
      }
      await this.#change();
    }
  }

  /** Null where nothing was claimed. What fails here stops new attempts; those on their way are waited for. */
  async #lookUp(): Promise<LoadedClaim | null> {
    try {
      await this.#giveBackStarts();
      if (!(await this.#terms.renew())) this.#isLost = true;
      return this.#mayClaim() ? await this.#claim() : null;
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  async #giveBackStarts(): Promise<void> {
    const { subscription, epoch } = this.#lane;
    const fromMs = this.#ready.takeSpareStarts(this.#ports.now());
    if (fromMs !== null) await this.#ports.work.giveBackStarts(subscription.id, epoch, fromMs);
  }

  /** Null while there is still something to wait for; `nothingDue` is a claim that found nothing to send. */
  #outcome(nothingDue: { readonly nextDueMs: number | null } | null): DrainOutcome | null {
    if (this.#onTheirWay > 0) return null;
    if (this.#isLost) return { kind: 'nothing' };
    if (this.#failure !== null) throw this.#failure;
    if (this.#recorder.unrecorded > 0) return null;
    if (this.#ready.isPaced && this.#mostAtOnce() > 0) return null;
    const failing = this.#standing.isFailing;
    if (nothingDue === null || this.#isStale) return { kind: 'more', failing };
    return { kind: 'idle', failing, nextDueMs: nothingDue.nextDueMs };
  }

  /** Resolves when an attempt was recorded or ended, or the next may begin; while some are on their way also after a while. */
  async #change(): Promise<void> {
    const isMade = await this.#progress.within(this.#lookAgainInMs());
    // The slot is taken by those on their way as it is: what comes meanwhile may go out beside them.
    if (!isMade && this.#onTheirWay > 0) this.#slice.renew();
  }

  #lookAgainInMs(): number {
    const nowMs = this.#ports.now();
    const isWaiting = this.#room() > 0;
    if (isWaiting && this.#ready.isPaced) {
      return Math.min(lookAgainMs, this.#ready.startsInMs(nowMs));
    }
    const dueInMs = (this.#nextDueMs ?? nowMs) - nowMs;
    return isWaiting && dueInMs > 0 ? Math.min(lookAgainMs, dueInMs) : lookAgainMs;
  }

  #mayClaim(): boolean {
    if (this.#recorder.unrecorded === 0) this.#isSettling = false;
    if (this.#isSettling || this.#slice.isOver || this.#mostAtOnce() === 0) return false;
    return this.#isRunningOut() || (this.#ready.isDry && this.#room() > 0);
  }

  #isRunningOut(): boolean {
    return this.#mayHoldMore && this.#ready.size <= Math.min(claimAgainAt, this.#slice.left - 1);
  }

  /** Null when what ended meanwhile outdates it. */
  async #claim(): Promise<LoadedClaim | null> {
    // As it is before the call: what is recorded while the answer is under way may still be in it.
    const known = new Set([...this.#ready.refs, ...this.#recorder.refs()]);
    const first = this.#claimedAtMs === null ? this.#lane.firstClaim : null;
    const nowMs = this.#ports.now();
    // No more than the slice has attempts for.
    const left = Math.max(1, this.#slice.left - this.#ready.size);
    const count = Math.min(left, claimCountAfter(this.#claimedAtMs, nowMs));
    const wish = wishOf(this.#terms.subscription, known, count, nowMs);
    const [claimed, isThere] = await Promise.all([
      claimDeliveries(this.#ports, this.#lane, known, wish, first),
      // What holds now, holds for what is sent next; the first claim knows it from just before.
      this.#claimedAtMs === null || this.#terms.read(),
    ]);
    this.#claimedAtMs = this.#ports.now();
    if (claimed === null || !isThere) this.#isLost = true;
    if (claimed === null || this.#isLost) return null;
    this.hasNotices ||= claimed.hasNotices;
    if (this.#isSettling) return null;
    this.#mayHoldMore = claimed.more && claimed.intervalMs === null;
    this.#nextDueMs = claimed.nextDueMs;
    this.#ready.pace(claimed.intervalMs, claimed.lastStartMs ?? 0);
    for (const delivery of claimed.loaded) this.#ready.add(delivery);
    for (const delivery of claimed.outlived) this.#expire(delivery);
    return claimed;
  }

  #expire(delivery: ClaimedDelivery): void {
    this.#recorder.add({ ...delivery, kind: 'expired', dueMs: null });
    this.#ports.onExpired(1);
  }

  get #isStale(): boolean {
    const { ordering } = this.#lane.subscription;
    return this.#isOutdated || this.#terms.subscription.ordering !== ordering;
  }

  /** How many attempts may start now. */
  #room(): number {
    return this.#mostAtOnce() - this.#onTheirWay;
  }

  /** While the lane's last attempt failed, a probe tries one delivery at a time and a drain none. */
  #mostAtOnce(): number {
    const { stopping, abort } = this.#signals;
    // Reserved times would pass unused.
    if (this.#slice.isOver && !this.#ready.isPaced) return 0;
    if (stopping.aborted || abort.aborted || this.#isStale) return 0;
    if (this.#isLost || this.#failure !== null) return 0;
    const failingRoom = this.#lane.mode === 'probe' ? 1 : 0;
    return this.#standing.isFailing ? failingRoom : this.#terms.subscription.maxInFlight;
  }

  #startReady(): void {
    while (this.#room() > 0) {
      const delivery = this.#ready.next(this.#ports.now());
      if (delivery === null) return;
      this.#start(delivery);
    }
  }

  #start(delivery: LoadedDelivery): void {
    this.#slice.count();
    this.#onTheirWay += 1;
    const { holdUntilMs } = this.#standing.health;
    const { abort } = this.#signals;
    attemptDelivery(this.#ports, this.#terms.subscription, delivery, holdUntilMs, abort).then(
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
    this.#standing.judge(verdict, this.#ports.now());
    if (verdict.kind !== 'delivered') this.#settle();
    if (outcome !== null) this.#recorder.add(outcome);
    this.#terms.report(delivery, attempted);
    // The next one need not wait until this one is recorded.
    this.#startReady();
    if (this.#isSettling || this.#onTheirWay === 0) this.#recorder.flush();
    if (outcome === null || this.#isRunningOut()) this.#progress.made();
  }

  #letGo(delivery: LoadedDelivery): void {
    this.#onTheirWay -= 1;
    this.#ready.letGo(delivery);
  }

  /** Whatever was claimed stays in the lane; what may be sent now is asked again. */
  #settle(): void {
    this.#ready.clear();
    this.#isSettling = true;
  }

  #record(outcomes: readonly LaneOutcome[]): Promise<Recorded> {
    const { work, now } = this.#ports;
    const { subscription, epoch } = this.#lane;
    return work.record(subscription.id, epoch, now(), { outcomes, ...this.#standing.take() });
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#progress.made();
  }
}
