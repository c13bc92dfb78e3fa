import type { Context, MiddlewareHandler } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hasScope } from '#domain/api-key.ts';
import type { Idempotency, RememberedAnswer, RepeatableRequest } from '#store/idempotency.ts';
import type { ApiEnv } from './auth.ts';
import { type Chance, seededChance } from './chance.ts';
import { filterTestAddress } from './filter-test.ts';
import { invalid, problem } from './problem.ts';

export interface AnswerOncePorts extends Chance {
  readonly idempotency: Idempotency;
}

const wellFormed = /^[\x20-\x7e]{1,255}$/;
const otherRequest =
  'This Idempotency-Key was used for another request; make a new one for each thing to be done.';

/**
 * Does a POST that bears an `Idempotency-Key` once, however often it comes: a repetition gets the first answer again. What is
 * made, is made with the chance of the first try; should that have died before it was remembered, the next makes the same
 * again, and finds it made.
 */
export function answerOnce(ports: AnswerOncePorts): MiddlewareHandler<ApiEnv> {
  const { idempotency, newId, randomBytes } = ports;
  return async (c, next) => {
    c.set('chance', { newId, randomBytes });
    const name = c.req.header('idempotency-key');
    if (c.req.method !== 'POST' || name === undefined) return next();
    if (!wellFormed.test(name)) {
      const message = 'must be 1 to 255 printable ASCII characters';
      return invalid(c, [{ path: 'Idempotency-Key', message }]);
    }
    if (changesNothing(c)) return next();
    const request = await readRequest(c, name);
    const claim = newId();
    const beginning = await idempotency.begin(request, { claim, seed: randomBytes(32) });
    switch (beginning.kind) {
      case 'answered':
        return repeat(c, beginning.answer);
      case 'other':
        return problem(c, 422, otherRequest);
      case 'under_way':
        return stillUnderWay(c, beginning.leftMs);
      case 'begun':
        c.set('chance', seededChance(beginning.seed));
        await next();
        await idempotency.settle(request, claim, await readAnswer(c.res));
        return undefined;
    }
  };
}

/** Done again, it does no harm; remembered for a day, what a key for reading asks could fill Redis. */
function changesNothing(c: Context<ApiEnv>): boolean {
  return c.req.path === filterTestAddress || !hasScope(c.get('principal'), ['subscriptions']);
}

async function readRequest(c: Context<ApiEnv>, name: string): Promise<RepeatableRequest> {
  const { pathname, search } = new URL(c.req.url);
  const body = Buffer.from(await c.req.arrayBuffer());
  const content = Buffer.concat([Buffer.from(`${pathname}${search}\n`), body]);
  return { keyId: c.get('principal').keyId, name, content };
}

const rememberedHeaders = ['content-type', 'location', 'etag', 'www-authenticate'];

/** Null for what went wrong here or came too early: asking again is what helps. */
async function readAnswer(answer: Response): Promise<RememberedAnswer | null> {
  const { status } = answer;
  if (status >= 500 || status === 429) return null;
  const named = rememberedHeaders.map((name) => [name, answer.headers.get(name)] as const);
  const present = named.filter((header): header is [string, string] => header[1] !== null);
  return { status, headers: Object.fromEntries(present), body: await answer.clone().text() };
}

function repeat(c: Context, { status, headers, body }: RememberedAnswer): Response {
  return c.body(body, status as ContentfulStatusCode, {
    ...headers,
    'idempotency-replayed': 'true',
  });
}

function stillUnderWay(c: Context, leftMs: number) {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  const detail = `A request with this Idempotency-Key is still under way; ask again in ${seconds} s.`;
  return problem(c, 409, detail, { headers: { 'retry-after': String(seconds) } });
}
