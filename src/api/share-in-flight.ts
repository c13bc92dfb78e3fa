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
