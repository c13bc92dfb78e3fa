import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';

export type Log = Logger;

// Names under which a secret could reach a log line, at the top or one level down.
const secretNames = ['token', 'secret', 'secrets', 'authorization', 'Authorization', 'adminKey'];

/**
 * JSON lines on stdout: `level` by name, `time` as ISO 8601, and the line's own fields. One unit of work is one line,
 * named `noun.past_verb`; secrets are censored by the name of their field.
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options = {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError },
    redact: secretNames.flatMap((name) => [name, `*.${name}`]),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
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
