/** Whoever asks while an answer is being made gets that one: many who ask at once cost as much as one. */
export function shareInFlight<T>(make: () => Promise<T>): () => Promise<T> {
  let inFlight: Promise<T> | null = null;
  return () => {
    inFlight ??= make().finally(() => {
      inFlight = null;
    });
    return inFlight;
  };
}

const keptMs = 1000;

/** As `shareInFlight`, and for a second after: many who look cost as much as one who looks once a second. */
export function shareForAWhile<T>(now: () => number, make: () => Promise<T>): () => Promise<T> {
  const shared = shareInFlight(async () => ({ made: await make(), atMs: now() }));
  let last: { readonly made: T; readonly atMs: number } | null = null;
  return async () => {
    const ageMs = last === null ? keptMs : Math.abs(now() - last.atMs);
    if (last === null || ageMs >= keptMs) last = await shared();
    return last.made;
  };
}
