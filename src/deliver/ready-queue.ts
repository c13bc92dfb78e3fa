import type { DeliveryRef } from '#domain/delivery.ts';
import { parseDeliveryRef } from '#domain/delivery.ts';
import type { LoadedDelivery } from './attempt-delivery.ts';

/** When attempts may begin: one every so often, and none after the time that was reserved for them. */
interface Starts {
  nextMs: number;
  readonly lastMs: number;
  readonly intervalMs: number;
}

/** Which of the claimed deliveries may be sent next, and when. */
export class ReadyQueue {
  /** Those ready to be sent and those on their way. */
  readonly #held = new Set<DeliveryRef>();
  #ready: LoadedDelivery[] = [];
  readonly #keepsOrder: boolean;
  /** Contacts with a delivery on its way: their next one waits for it. */
  readonly #busy = new Set<string>();
  #starts: Starts | null = null;
  /** Times that were reserved will pass unused. */
  #hasSpareStarts = false;

  constructor(keepsOrder: boolean) {
    this.#keepsOrder = keepsOrder;
  }

  get refs(): ReadonlySet<DeliveryRef> {
    return this.#held;
  }

  get size(): number {
    return this.#ready.length;
  }

  /** Nothing may be sent before one on its way has ended, or more is claimed. */
  get isDry(): boolean {
    return !this.#ready.some((delivery) => this.#isFree(delivery));
  }

  /** Whether times are reserved that pass whether they are used or not. */
  get isPaced(): boolean {
    return this.#starts !== null && !this.isDry;
  }

  add(delivery: LoadedDelivery): void {
    this.#held.add(delivery.ref);
    this.#ready.push(delivery);
  }

  /** From now on attempts begin no closer together than this; null: as they may. */
  pace(intervalMs: number | null, lastMs: number): void {
    const nextMs = this.#starts?.nextMs ?? 0;
    this.#starts = intervalMs === null ? null : { nextMs, lastMs, intervalMs };
  }

  /** Takes out the next one that may begin now. */
  next(nowMs: number): LoadedDelivery | null {
    if (this.#starts !== null && nowMs > this.#starts.lastMs) this.clear();
    if (this.startsInMs(nowMs) > 0) return null;
    const at = this.#ready.findIndex((delivery) => this.#isFree(delivery));
    const delivery = at < 0 ? undefined : this.#ready.splice(at, 1)[0];
    if (delivery === undefined) return null;
    if (this.#starts !== null) this.#starts.nextMs = nowMs + this.#starts.intervalMs;
    const contact = this.#contactOf(delivery);
    if (contact !== null) this.#busy.add(contact);
    return delivery;
  }

  /** How long the pace keeps the next one back. */
  startsInMs(nowMs: number): number {
    return this.#starts === null ? 0 : Math.max(0, this.#starts.nextMs - nowMs);
  }

  /** An attempt has ended. */
  letGo(delivery: LoadedDelivery): void {
    this.#held.delete(delivery.ref);
    const contact = this.#contactOf(delivery);
    if (contact !== null) this.#busy.delete(contact);
  }

  /** Forgets those that have not begun: they are in the lane as before. */
  clear(): void {
    if (this.#starts !== null && this.#ready.length > 0) this.#hasSpareStarts = true;
    for (const { ref } of this.#ready) this.#held.delete(ref);
    this.#ready = [];
  }

  /** From when on the reserved times are not needed, once; null: they are all used. */
  takeSpareStarts(nowMs: number): number | null {
    if (!this.#hasSpareStarts) return null;
    this.#hasSpareStarts = false;
    return nowMs + this.startsInMs(nowMs);
  }

  #isFree(delivery: LoadedDelivery): boolean {
    const contact = this.#contactOf(delivery);
    return contact === null || !this.#busy.has(contact);
  }

  /** Null where there is no order to keep. */
  #contactOf({ ref }: LoadedDelivery): string | null {
    if (!this.#keepsOrder) return null;
    const { source, contactId } = parseDeliveryRef(ref);
    return contactId === '' ? null : `${source} ${contactId}`;
  }
}
