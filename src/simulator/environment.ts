import { z } from 'zod';

import { providers } from '#domain/source.ts';
import {
  type ActivityPerMinute,
  completeSettings,
  type SimulatorOptions,
  sortOrders,
} from './settings.ts';

const maxInt = 2 ** 31 - 1;

/** What `npm run simulator` can be told, each with `SIMULATOR_` before it; empty means unset. */
const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole(0, 65_535).default(4010),
  TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .default('simulator-token'),
  PROVIDER: z.enum(providers).default('botpenguin'),
  CONTACTS: whole(0, 1_000_000).default(1000),
  SEED: whole(-maxInt, maxInt).default(1),
  PAGE_SIZE: whole(1, 1000).default(20),
  SORT: z.enum(sortOrders).default('lastSeenAt'),
  REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(100),
  /** How many times as busy as a common shop; 0 is silence. */
  ACTIVITY: range(0, 1000).default(1),
  LATENCY_MIN_MS: whole(0, 600_000).default(0),
  LATENCY_MAX_MS: whole(0, 600_000).default(0),
  CLOCK_OFFSET_MS: whole(-maxInt, maxInt).default(0),
  DELETED: z.enum(['removed', 'listed']).default('removed'),
  ERROR_SERVER500: range(0, 1).default(0),
  ERROR_HTML: range(0, 1).default(0),
  ERROR_CUT: range(0, 1).default(0),
  ERROR_HANG: range(0, 1).default(0),
  ERROR_UNSUCCESSFUL: range(0, 1).default(0),
  CONTROLS: z.stringbool().default(true),
});

export interface SimulatorEnvironment {
  readonly host: string;
  readonly port: number;
  readonly options: SimulatorOptions;
}

/** `message` names every problem at once, a line each. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
):
  | ({ readonly kind: 'valid' } & SimulatorEnvironment)
  | { readonly kind: 'invalid'; readonly message: string } {
  const names = Object.keys(environment.shape);
  const written = names.map((name) => [name, env[`SIMULATOR_${name}`]?.trim()] as const);
  const parsed = environment.safeParse(Object.fromEntries(written.filter(([, value]) => value)));
  if (parsed.success) return { kind: 'valid', ...arrange(parsed.data) };
  const problems = parsed.error.issues.map(
    ({ path, message }) => `  SIMULATOR_${path.join('.')}: ${message}`,
  );
  return { kind: 'invalid', message: ['The simulator was not started.', ...problems].join('\n') };
}

function arrange(variables: z.infer<typeof environment>): SimulatorEnvironment {
  const { LATENCY_MIN_MS: min, LATENCY_MAX_MS: max } = variables;
  return {
    host: variables.HOST,
    port: variables.PORT,
    options: {
      tokens: [variables.TOKEN],
      provider: variables.PROVIDER,
      contacts: variables.CONTACTS,
      seed: variables.SEED,
      pageSize: variables.PAGE_SIZE,
      sort: variables.SORT,
      requestsPerMinute: variables.REQUESTS_PER_MINUTE,
      activityPerMinute: timesAsBusy(variables.ACTIVITY),
      latencyMs: { min, max: Math.max(min, max) },
      clockOffsetMs: variables.CLOCK_OFFSET_MS,
      deleted: variables.DELETED,
      errorRates: {
        server500: variables.ERROR_SERVER500,
        html: variables.ERROR_HTML,
        cut: variables.ERROR_CUT,
        hang: variables.ERROR_HANG,
        unsuccessful: variables.ERROR_UNSUCCESSFUL,
      },
      controls: variables.CONTROLS,
    },
  };
}

function range(min: number, max: number) {
  const message = `must be a number from ${min} to ${max}`;
  return z.coerce.number(message).min(min, message).max(max, message);
}

function whole(min: number, max: number) {
  return range(min, max).int('must be a whole number');
}

function timesAsBusy(factor: number): ActivityPerMinute {
  const { activityPerMinute } = completeSettings({});
  const rates = Object.entries(activityPerMinute).map(([name, rate]) => [name, rate * factor]);
  return Object.fromEntries(rates) as ActivityPerMinute;
}
