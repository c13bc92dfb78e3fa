import type { z } from 'zod';
import type { Principal } from '#domain/api-key.ts';

/** The API's own `fetch`; the principal goes in beside the request, where nobody outside can put one. */
export type ServeApi = (
  request: Request,
  bindings: { readonly principal: Principal },
) => Response | Promise<Response>;

/** What the API said instead of an answer (RFC 9457). */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

export type ApiAnswer<T> =
  | {
      readonly kind: 'answered';
      readonly value: T;
      readonly status: number;
      /** For `If-Match`, of answers that have one. */
      readonly etag: string | null;
    }
  | { readonly kind: 'refused'; readonly problem: Problem };

/** The API as one person may use it. Paths are made with `address`. */
export interface ApiClient {
  /** Throws `RefusalError` where the API refuses: the dashboard makes a page of it. */
  get<T>(path: string, schema: z.ZodType<T>): Promise<T>;
  /** For forms that show what the API says to them. */
  ask<T>(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
    path: string,
    schema: z.ZodType<T>,
    body?: unknown,
    /** Such as `If-Match` and `Idempotency-Key`. */
    headers?: Readonly<Record<string, string>>,
  ): Promise<ApiAnswer<T>>;
}

/** The API refused, and nothing on the page is of use without its answer. */
export class RefusalError extends Error {
  override readonly name = 'RefusalError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** `headers` are those of the browser by which the API knows the address that it was asked at. */
export function createApiClient(
  serve: ServeApi,
  principal: Principal,
  { origin, headers }: { readonly origin: string; readonly headers: Headers },
): ApiClient {
  const ask: ApiClient['ask'] = async (method, path, schema, body, more = {}) => {
    const sent = new Headers(headers);
    // What a form held, a header may not hold: the API refuses what is left of it, as it would the whole.
    for (const [name, value] of Object.entries(more)) {
      sent.set(name, value.replaceAll(/[^ -~]/g, '?'));
    }
    if (body !== undefined) sent.set('content-type', 'application/json');
    const content = body === undefined ? {} : { body: JSON.stringify(body) };
    const request = new Request(new URL(path, origin), { method, headers: sent, ...content });
    const response = await serve(request, { principal });
    const text = await response.text();
    const json: unknown = text === '' ? undefined : JSON.parse(text);
    if (!response.ok) return { kind: 'refused', problem: readProblem(response.status, json) };
    const etag = response.headers.get('etag');
    return { kind: 'answered', value: schema.parse(json), status: response.status, etag };
  };
  return {
    ask,
    async get(path, schema) {
      return answered(await ask('GET', path, schema));
    },
  };
}

/** What was answered; throws where the API refused. */
export function answered<T>(answer: ApiAnswer<T>): T {
  if (answer.kind === 'refused') throw new RefusalError(answer.problem);
  return answer.value;
}

function readProblem(status: number, json: unknown): Problem {
  const { title, detail, errors } = (json ?? {}) as Partial<Problem>;
  return {
    status,
    title: title ?? 'Not possible',
    detail: detail ?? `The API answered ${status}.`,
    errors: errors ?? [],
  };
}

/** A path with every value encoded: address`/v1/events/${id}`. */
export function address(texts: TemplateStringsArray, ...values: (string | number)[]): string {
  return String.raw({ raw: texts.raw }, ...values.map((value) => encodeURIComponent(value)));
}

/** A path with those parameters that have a value. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const set = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) set.set(name, String(value));
  }
  const text = set.toString();
  return text === '' ? path : `${path}?${text}`;
}
