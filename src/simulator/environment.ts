import { z } from 'zod';

import { providers } from '#domain/source.ts';
import {
  type ActivityPerMinute,
  completeSettings,
  type SimulatorOptions,
  sortOrders,
} from './settings.ts';

const number = z.coerce.number('must be a number');
const whole = number.int('must be a whole number');
const share = number.min(0).max(1).default(0);

/** What `npm run simulator` can be told, each with `SIMULATOR_` before it; empty means unset. */
const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: whole.min(0).max(65_535).default(4010),
  TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')
    .default('simulator-token'),
  PROVIDER: z.enum(providers).default('botpenguin'),
  CONTACTS: whole.min(0).max(1_000_000).default(1000),
  SEED: whole.default(1),
  PAGE_SIZE: whole.min(1).max(1000).default(20),
  SORT: z.enum(sortOrders).default('lastSeenAt'),
  REQUESTS_PER_MINUTE: whole.min(1).max(1_000_000).default(100),
  /** How many times as busy as a common shop; 0 is silence. */
  ACTIVITY: number.min(0).max(1000).default(1),
  LATENCY_MIN_MS: whole.min(0).max(600_000).default(0),
  LATENCY_MAX_MS: whole.min(0).max(600_000).default(0),
  CLOCK_OFFSET_MS: whole.default(0),
  DELETED: z.enum(['removed', 'listed']).default('removed'),
  ERROR_SERVER500: share,
  ERROR_HTML: share,
  ERROR_CUT: share,
  ERROR_HANG: share,
  ERROR_UNSUCCESSFUL: share,
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

function timesAsBusy(factor: number): ActivityPerMinute {
  const { activityPerMinute } = completeSettings({});
  const rates = Object.entries(activityPerMinute).map(([name, rate]) => [name, rate * factor]);
  return Object.fromEntries(rates) as ActivityPerMinute;
}
