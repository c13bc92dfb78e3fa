import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { SealError } from '#store/sealed.ts';
import { headersOf, type ProblemStatus, problemKinds } from './problem-kinds.ts';

const invalidField = z.object({
  path: z.string().openapi({ description: 'Where, such as `events.0`; empty for the whole.' }),
  message: z.string(),
});
export type InvalidField = z.infer<typeof invalidField>;

const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.array(invalidField).optional(),
  })
  .openapi('Problem', { description: 'What went wrong, as RFC 9457 has it.' });

/** An RFC 9457 answer. `type` stays `about:blank`: no problem here means more than its status does. */
export function problem<S extends ProblemStatus>(
  c: Context,
  status: S,
  detail: string,
  more: {
    readonly errors?: InvalidField[];
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
) {
  const { errors, headers } = more;
  const body: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title: problemKinds[status].title,
    status,
    detail,
    ...(errors === undefined ? {} : { errors }),
  };
  return c.json(body, status, { ...headers, 'content-type': 'application/problem+json' });
}

/** Responses of a route by status, as `createRoute` wants them. */
export function problems<S extends ProblemStatus>(...statuses: S[]) {
  const answers = {} as Record<S, ReturnType<typeof documentedProblem>>;
  for (const status of statuses) answers[status] = documentedProblem(status);
  return answers;
}

function documentedProblem(status: ProblemStatus) {
  const example: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title: problemKinds[status].title,
    status,
    detail: problemKinds[status].example,
    ...(status === 400 ? { errors: [invalidExample] } : {}),
  };
  return {
    description: problemKinds[status].title as string,
    headers: headersOf(status),
    content: { 'application/problem+json': { schema: problemSchema, example } },
  };
}

const invalidExample: InvalidField = {
  path: 'sources.0',
  message: 'must be 1 to 32 lower-case letters, digits and hyphens',
};

export function invalid(c: Context, errors: InvalidField[]) {
  return problem(c, 400, 'The request does not fit; `errors` says where.', { errors });
}

export function unknown(c: Context, noun: string, id: string) {
  return problem(c, 404, `There is no ${noun} ${shorten(id)}.`);
}

/** The hook of every route: what zod refuses, in the words of this API. */
export function refuseInvalid(
  result: { readonly success: boolean; readonly error?: z.ZodError; readonly target: string },
  c: Context,
) {
  if (result.success || result.error === undefined) return undefined;
  return invalid(c, result.error.issues.flatMap(toFields).slice(0, mostErrors));
}

const mostErrors = 50;

function toFields(issue: z.core.$ZodIssue): InvalidField[] {
  const at = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostErrors).map((key) => ({
      path: joinPath([...at, key]),
      message: 'is unknown, or not offered by this version',
    }));
  }
  return [{ path: joinPath(at), message: issue.message }];
}

function joinPath(parts: readonly string[]): string {
  return shorten(parts.join('.'));
}

function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

/** The API's translator of errors: expected ones by their status, a surprise as one log line and the id that finds it. */
export function translateErrors(log: Logger, newId: () => string) {
  return (error: Error, c: Context) => {
    if (error instanceof HTTPException && error.status in problemKinds) {
      return problem(c, error.status as ProblemStatus, sentence(error));
    }
    if (error instanceof SealError) {
      // Another process has sealed it with a key that this one does not have; the others can still serve it.
      log.error({ method: c.req.method, error_message: error.message }, 'request.unreadable');
      return problem(c, 503, error.message);
    }
    const errorId = newId();
    log.error({ error_id: errorId, method: c.req.method, err: error }, 'request.failed');
    const detail = `Something went wrong here, not in your request. The log names it by the id ${errorId}.`;
    return problem(c, 500, detail);
  };
}

function sentence({ status, message }: HTTPException): string {
  if (status === 415) return 'Send the body as application/json, and say so in Content-Type.';
  return message.endsWith('.') ? message : `${message}.`;
}
