import { z } from 'zod';
import { parseDuration } from '#domain/duration.ts';
import { providers } from '#domain/source.ts';
import { parseBaseUrl } from '#inbox/base-url.ts';
import { networkProblem } from '#webhook/address-guard.ts';
import { parseRedisUrl } from './redis-url.ts';

const roles = ['api', 'poll', 'deliver'] as const;
const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

export const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** The variables of `npm start` (contract section 2). Bounds are wide: they catch slips, not tastes. */
export const environment = z.object({
  REDIS_URL: required('where Redis is, such as redis://127.0.0.1:6379').transform(readRedisUrl),
  ADMIN_API_KEY: required('24 characters or more, such as from: openssl rand -hex 24')
    .min(24, 'must have at least 24 characters; make one with: openssl rand -hex 24')
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to fit in a header'),
  ENCRYPTION_KEY: required('32 bytes in base64, from: openssl rand -base64 32').transform(readKeys),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'must be a host name or an IP address, without a port')
    .default('0.0.0.0'),
  PORT: wholeNumber(3000, { min: 0, max: 65_535 }),
  ROLES: list('api,poll,deliver', oneOf(roles)),
  INBOX_PROVIDER: text('botpenguin').transform(oneOf(providers)),
  INBOX_BASE_URL: z.string().transform(readBaseUrl).optional(),
  INBOX_API_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]*$/, 'must be printable ASCII without spaces, to fit in a header')
    .optional(),
  INBOX_REQUESTS_PER_MINUTE: wholeNumber(90, { min: 1, max: 1_000_000 }),
  INBOX_TIMEOUT_MS: wholeNumber(15_000, { min: 1, max: hourMs }),
  POLL_INTERVAL_MS: wholeNumber(10_000, { min: 100, max: dayMs }),
  POLL_LOOKBACK_MS: wholeNumber(60_000, { min: 0, max: dayMs }),
  SWEEP_INTERVAL_MS: wholeNumber(10_000, { min: 0, max: 30 * dayMs }),
  EVENT_RETENTION_HOURS: text('168').transform(readHours),
  EVENT_RETENTION_MAX: wholeNumber(1_000_000, { min: 1, max: 1_000_000_000 }),
  DELIVERY_RETRY_SCHEDULE: list('5s,1m,5m,30m,2h,5h,10h,14h,20h,24h', readWait),
  DELIVERY_TIMEOUT_MS: wholeNumber(15_000, { min: 1, max: hourMs }),
  DELIVERY_ALLOWED_NETWORKS: list('', readNetwork),
  LOG_LEVEL: text('info').transform(oneOf(logLevels)),
});

type Context = z.RefinementCtx;

function refuse(context: Context, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

function required(what: string) {
  return z.string(`is required: ${what}`);
}

function text(fallback: string) {
  return z.string().default(fallback);
}

function wholeNumber(
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
) {
  return text(String(fallback)).transform((written, context) => {
    const value = /^\d+$/.test(written) ? Number(written) : Number.NaN;
    if (value >= min && value <= max) return value;
    return refuse(context, `must be a whole number from ${min} to ${max}, not "${written}"`);
  });
}

/** Comma-separated, with spaces at will. */
function list<T>(fallback: string, readEntry: (entry: string, context: Context) => T) {
  return text(fallback).transform((written, context) =>
    written === '' ? [] : written.split(',').map((entry) => readEntry(entry.trim(), context)),
  );
}

function oneOf<T extends string>(choices: readonly T[]) {
  return (written: string, context: Context): T =>
    choices.find((choice) => choice === written) ??
    refuse(context, `knows ${choices.join(', ')}, not "${written}"`);
}

function readRedisUrl(url: string, context: Context) {
  const parsed = parseRedisUrl(url);
  return parsed.kind === 'valid' ? parsed.value : refuse(context, parsed.problem);
}

/** The message names the entry, never its value. */
function readKeys(written: string, context: Context): Buffer[] {
  return written.split(',').map((entry, index) => {
    const key = Buffer.from(entry.trim(), 'base64');
    if (/^[A-Za-z0-9+/]{43}=?$/.test(entry.trim()) && key.length === 32) return key;
    const which = index === 0 ? '' : ` (entry ${index + 1})`;
    return refuse(
      context,
      `must be 32 bytes in base64${which}; make one with: openssl rand -base64 32`,
    );
  });
}

function readBaseUrl(written: string, context: Context): string {
  const parsed = parseBaseUrl(written);
  return parsed.kind === 'valid' ? parsed.baseUrl : refuse(context, parsed.problem);
}

function readHours(written: string, context: Context): number {
  const hours = /^\d+(\.\d+)?$/.test(written) ? Number(written) : Number.NaN;
  if (hours > 0 && hours <= 87_600) return hours * hourMs;
  return refuse(context, `must be a number of hours above 0 and up to 87600, not "${written}"`);
}

function readWait(written: string, context: Context): number {
  const waitMs = parseDuration(written);
  if (waitMs !== null && waitMs >= 1 && waitMs <= 30 * dayMs) return waitMs;
  return refuse(context, `must be waits such as 200ms,5s,1m,2h, each up to 720h, not "${written}"`);
}

function readNetwork(written: string, context: Context): string {
  const problem = networkProblem(written);
  return problem === null ? written : refuse(context, `${problem}, not "${written}"`);
}
