/** Slows down who tries wrong keys. Each process counts for itself: keys are long, so a few tries more do not matter. */
export interface FailedSignIns {
  areTooMany(peer: string): boolean;
  add(peer: string): void;
}

const mostFailures = 10;
const withinMs = 60_000;
/** Beyond so many peers all count as one: memory must not be anybody's to fill. */
const mostPeers = 1000;
const others = 'others';

export function createFailedSignIns(now: () => number): FailedSignIns {
  let sinceMs = now();
  let counts = new Map<string, number>();
  const forgetOld = () => {
    if (now() - sinceMs < withinMs) return;
    sinceMs = now();
    counts = new Map();
  };
  const nameOf = (peer: string) => (counts.has(peer) || counts.size < mostPeers ? peer : others);
  return {
    areTooMany(peer) {
      forgetOld();
      return (counts.get(nameOf(peer)) ?? 0) >= mostFailures;
    },
    add(peer) {
      forgetOld();
      const name = nameOf(peer);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    },
  };
}
