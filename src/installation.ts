import type { Logger } from 'pino';
import { SealError } from '#store/sealed.ts';
import { describeTrouble } from './outage-log.ts';

export interface InstallationPorts {
  readonly mark: { renew(): Promise<boolean>; mark(): Promise<void> };
  /** Makes what is stored fit for this process: sealed with its key, with the source of its environment. */
  readonly prepareStore: () => Promise<void>;
  readonly sourceIds: () => Promise<readonly string[]>;
  readonly schedules: { install(readSourceIds: () => Promise<readonly string[]>): Promise<void> };
  /** What this Redis could lose, a sentence each. */
  readonly durabilityProblems: () => Promise<readonly string[]>;
  /** Called when what stands in Redis cannot be opened with the keys at hand: no later look would find otherwise. */
  readonly onUnusable: (error: Error) => void;
  readonly now: () => number;
  readonly log: Logger;
}

export interface InstallationWatch {
  /** Whether what the service needs stood in Redis a moment ago, and Redis took writes. */
  readonly isSound: boolean;
  /** Resolves when it does for the first time, or when nobody looks any more. */
  readonly installed: Promise<void>;
  close(): Promise<void>;
}

const lookEveryMs = 1000;
/** Schedules cost more to look at than the mark. */
const looksPerScheduleCheck = 5;
/** Without an answer for so long, Redis is not what it was: a write waits where it has become a replica. */
const soundForMs = 5000;

/**
 * Puts into Redis what the service needs there (the source of the environment, the schedules) and looks again every
 * second: a Redis that was emptied is set up anew without a restart.
 */
export function watchInstallation(ports: InstallationPorts): InstallationWatch {
  let isInstalled = false;
  let soundAtMs = Number.NEGATIVE_INFINITY;
  let lastFailure: string | null = null;
  let isClosed = false;
  const installed = Promise.withResolvers<void>();
  let looks = 0;
  let looking: Promise<void> | null = null;

  async function install(): Promise<void> {
    await ports.prepareStore();
    await ports.schedules.install(ports.sourceIds);
    await ports.mark.mark();
  }

  async function look(): Promise<void> {
    if (!isInstalled) {
      await install();
      isInstalled = true;
      installed.resolve();
      ports.log.info('service.installed');
      for (const problem of await ports.durabilityProblems()) {
        ports.log.warn({ problem }, 'redis.not_durable');
      }
      return;
    }
    looks += 1;
    if (!(await ports.mark.renew())) {
      ports.log.warn('redis.found_empty');
      await install();
    } else if (looks % looksPerScheduleCheck === 0) {
      await ports.schedules.install(ports.sourceIds);
    }
  }

  /** Once for as long as it stays the same. */
  function warn(error: unknown): void {
    const failure = String(error);
    if (failure !== lastFailure) ports.log.warn(describeTrouble(error), 'installation.failed');
    lastFailure = failure;
  }

  const lookSafely = async () => {
    try {
      await look();
      soundAtMs = ports.now();
      lastFailure = null;
    } catch (error) {
      soundAtMs = Number.NEGATIVE_INFINITY;
      if (error instanceof SealError && !isInstalled) ports.onUnusable(error);
      else if (!isClosed) warn(error);
    } finally {
      looking = null;
    }
  };
  // While Redis is away one look waits for it; more of them would only queue up behind.
  const lookUnlessLooking = () => {
    looking ??= lookSafely();
  };
  lookUnlessLooking();
  const timer = setInterval(lookUnlessLooking, lookEveryMs);

  return {
    installed: installed.promise,
    get isSound() {
      return isInstalled && ports.now() - soundAtMs <= soundForMs;
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await looking;
      installed.resolve();
    },
  };
}
