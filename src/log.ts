import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

// Names under which a secret could reach a log line, at the top or one level down.
const secretNames: ReadonlySet<string> = new Set([
  'token',
  'secret',
  'secrets',
  'authorization',
  'Authorization',
  'adminKey',
]);

type Fields = Readonly<Record<string, unknown>>;

/**
 * JSON lines on stdout: `level` by name, `time` as ISO 8601, and the line's own fields. One unit of work is one line,
 * named `noun.past_verb`; secrets are censored by the name of their field.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: {
      level: (label: string) => ({ level: label }),
      log: (fields: Fields) => censor(fields),
    },
    serializers: { err: describeError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** As pino's own `redact` would, which costs more per line than all the rest of it. What holds no secret is not copied. */
function censor(fields: Fields, depth = 0): Fields {
  let shown: Record<string, unknown> | null = null;
  for (const name in fields) {
    const value = fields[name];
    const censored = secretNames.has(name) ? '[Redacted]' : censorWithin(value, depth);
    if (censored === value) continue;
    shown ??= { ...fields };
    shown[name] = censored;
  }
  return shown ?? fields;
}

function censorWithin(value: unknown, depth: number): unknown {
  return depth === 0 && isPlainObject(value) ? censor(value, 1) : value;
}

function isPlainObject(value: unknown): value is Fields {
  return typeof value === 'object' && value?.constructor === Object;
}

/**
 * Only what every error has: the errors of Redis and HTTP clients carry the command's arguments or the request's headers
 * along, and pino's own serializer would print these.
 */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  return {
    name,
    message,
    ...('code' in error && { code: error.code }),
    stack,
    ...(cause !== undefined && depth < 4 && { cause: describeError(cause, depth + 1) }),
  };
}
