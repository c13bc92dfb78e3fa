/** Wakes who waits for something to have happened. */
export class Progress {
  #next = Promise.withResolvers<boolean>();

  /** Something has happened. */
  made(): void {
    this.#wake(true);
  }

  /** Whether something happens from now on, before so much time is over. */
  async within(durationMs: number): Promise<boolean> {
    const { promise } = this.#next;
    const timer = setTimeout(() => this.#wake(false), durationMs);
    const isMade = await promise;
    clearTimeout(timer);
    return isMade;
  }

  #wake(isMade: boolean): void {
    this.#next.resolve(isMade);
    this.#next = Promise.withResolvers();
  }
}
