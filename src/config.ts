import type { z } from 'zod';
import type { Provider } from '#domain/source.ts';
import type { RedisTarget } from '#store/connection.ts';
import { environment, hourMs } from './environment.ts';

export type Role = 'api' | 'poll' | 'deliver';

/** The environment, parsed: everything that a start needs to know, and nothing that a room reads by itself. */
export interface Config {
  readonly redis: RedisTarget;
  readonly api: { readonly host: string; readonly port: number; readonly adminKey: string };
  /** 32 bytes each; the first encrypts, all decrypt. */
  readonly encryptionKeys: readonly Buffer[];
  readonly roles: ReadonlySet<Role>;
  readonly inbox: {
    readonly provider: Provider;
    /** Null: the provider's own. */
    readonly baseUrl: string | null;
    /** Null: no source `default` is made. */
    readonly token: string | null;
    readonly requestsPerMinute: number;
    readonly timeoutMs: number;
  };
  readonly poll: {
    readonly intervalMs: number;
    readonly lookbackMs: number;
    readonly sweepIntervalMs: number;
  };
  readonly events: { readonly retentionMs: number; readonly retentionMax: number };
  readonly delivery: {
    /** Waits between attempts, before jitter. */
    readonly retryScheduleMs: readonly number[];
    readonly timeoutMs: number;
    /** CIDRs. */
    readonly allowedNetworks: readonly string[];
  };
  readonly logLevel: Variables['LOG_LEVEL'];
}

type Variables = z.infer<typeof environment>;

/** `message` names every problem of the environment at once, a line each, and no secret. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>> = process.env,
):
  | { readonly kind: 'valid'; readonly config: Config }
  | { readonly kind: 'invalid'; readonly message: string } {
  const written = Object.fromEntries(
    Object.keys(environment.shape)
      .map((name) => [name, env[name]?.trim()] as const)
      .filter(([, value]) => value),
  );
  const parsed = environment.safeParse(written);
  const problems =
    parsed.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];
  problems.push(...retentionProblems(written));
  if (parsed.success && problems.length === 0)
    return { kind: 'valid', config: arrange(parsed.data) };
  return {
    kind: 'invalid',
    message: [
      'The environment does not fit; nothing was started.',
      ...[...new Set(problems)].map((problem) => `  ${problem}`),
      'Each variable is described in .env.example.',
    ].join('\n'),
  };
}

/** Judged apart from the rest, so that it is reported beside other problems. */
function retentionProblems(written: Readonly<Record<string, string | undefined>>): string[] {
  const { EVENT_RETENTION_HOURS: retention, DELIVERY_RETRY_SCHEDULE: schedule } = environment.shape;
  const retentionMs = retention.safeParse(written.EVENT_RETENTION_HOURS).data;
  const waits = schedule.safeParse(written.DELIVERY_RETRY_SCHEDULE).data;
  if (retentionMs === undefined || waits === undefined) return [];
  // Every wait may be jittered upwards by 20 %.
  const longestMs = 1.2 * waits.reduce((sum, waitMs) => sum + waitMs, 0);
  if (retentionMs > longestMs) return [];
  const hours = Math.floor(longestMs / hourMs) + 1;
  return [
    `EVENT_RETENTION_HOURS must exceed the whole of DELIVERY_RETRY_SCHEDULE with its jitter: set it to ${hours} or more, or shorten the schedule`,
  ];
}

function arrange(variables: Variables): Config {
  return {
    redis: variables.REDIS_URL,
    api: { host: variables.HOST, port: variables.PORT, adminKey: variables.ADMIN_API_KEY },
    encryptionKeys: variables.ENCRYPTION_KEY,
    roles: new Set(variables.ROLES),
    inbox: {
      provider: variables.INBOX_PROVIDER,
      baseUrl: variables.INBOX_BASE_URL ?? null,
      token: variables.INBOX_API_TOKEN ?? null,
      requestsPerMinute: variables.INBOX_REQUESTS_PER_MINUTE,
      timeoutMs: variables.INBOX_TIMEOUT_MS,
    },
    poll: {
      intervalMs: variables.POLL_INTERVAL_MS,
      lookbackMs: variables.POLL_LOOKBACK_MS,
      sweepIntervalMs: variables.SWEEP_INTERVAL_MS,
    },
    events: {
      retentionMs: variables.EVENT_RETENTION_HOURS,
      retentionMax: variables.EVENT_RETENTION_MAX,
    },
    delivery: {
      retryScheduleMs: variables.DELIVERY_RETRY_SCHEDULE,
      timeoutMs: variables.DELIVERY_TIMEOUT_MS,
      allowedNetworks: variables.DELIVERY_ALLOWED_NETWORKS,
    },
    logLevel: variables.LOG_LEVEL,
  };
}
