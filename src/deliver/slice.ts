/** A lane yields after this much time or this many attempts, so that lanes share the slots fairly. */
const sliceMs = 2000;
const sliceAttempts = 500;

/** A drain's turn. */
export class Slice {
  readonly #now: () => number;
  #startedAtMs: number;
  #attempts = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAtMs = now();
  }

  get isOver(): boolean {
    return this.#attempts >= sliceAttempts || this.#now() - this.#startedAtMs >= sliceMs;
  }

  /** How many attempts it has left. */
  get left(): number {
    return sliceAttempts - this.#attempts;
  }

  count(): void {
    this.#attempts += 1;
  }

  renew(): void {
    this.#startedAtMs = this.#now();
    this.#attempts = 0;
  }
}
