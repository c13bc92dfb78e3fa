import { errorBody } from './errors.ts';
import { createForeignUser } from './foreign-user.ts';
import type { PageReader } from './page-reader.ts';
import type { Population } from './population.ts';
import { type Question, readQuestion } from './question.ts';
import type { Random } from './random.ts';
import { createRateLimit } from './rate-limit.ts';
import { filledIn, hashToken, type RequestLog } from './request-log.ts';
import { type Fault, faults, type SimulatorSettings } from './settings.ts';

/** What the endpoint looks at in a request. */
export interface UsersRequest {
  readonly authorization: string | undefined;
  readonly authtype: string | undefined;
  readonly contentType: string | undefined;
  readonly body: string;
}

/** `fault` says in which way the answer still has to be spoilt on its way out. */
export interface UsersAnswer {
  readonly status: number;
  /** JSON. */
  readonly body: string;
  readonly retryAfterSeconds?: number;
  readonly fault: Fault | null;
}

type Answered = UsersAnswer & { readonly question?: Question };

/** `POST /inbox/users` without the HTTP around it. `now` is the inbox's own clock. */
export function createUsersEndpoint(deps: {
  readonly settings: SimulatorSettings;
  readonly population: Population;
  readonly requests: RequestLog;
  readonly random: Random;
  readonly pages: PageReader;
  readonly now: () => number;
}): (request: UsersRequest) => UsersAnswer {
  const { settings, population, requests, random, pages, now } = deps;
  const limit = createRateLimit(settings.requestsPerMinute);
  const letForeignersAsk = createForeignUser(settings, now());

  /** Null: come in. */
  function turnAway(request: UsersRequest, token: string | null, nowMs: number) {
    if (token === null || !settings.tokens.includes(token)) return refuse(401);
    if (settings.provider === 'botpenguin' && request.authtype !== 'Key') {
      return refuse(401, 'The header authtype must be "Key".');
    }
    const [shared = ''] = settings.tokens;
    letForeignersAsk(nowMs, (atMs) => limit.take(shared, atMs));
    const waitSeconds = limit.take(token, nowMs);
    if (waitSeconds === null) return null;
    const message = `Rate limit exceeded. Retry after ${waitSeconds} seconds.`;
    return { ...refuse(429, message), retryAfterSeconds: waitSeconds };
  }

  function answer(request: UsersRequest, nowMs: number): Answered {
    const fault = drawFault(random, settings.errorRates);
    if (fault === 'server500') return { ...refuse(500), fault };
    if (fault === 'unsuccessful')
      return { status: 200, body: JSON.stringify(errorBody(500)), fault };
    if (!/^application\/json\b/i.test(request.contentType ?? '')) {
      return refuse(400, 'The header Content-Type must be application/json.');
    }
    const read = readQuestion(request.body);
    if (read.kind === 'invalid') return refuse(400, read.message);
    return { ...list(read.question, nowMs), fault, question: read.question };
  }

  function list(question: Question, nowMs: number) {
    population.advanceTo(nowMs);
    const data = pages.read(question, nowMs).join(',');
    return { status: 200, body: `{"success":true,"message":"","code":200,"data":[${data}]}` };
  }

  return (request) => {
    const nowMs = now();
    const token = /^Bearer (\S+)$/.exec(request.authorization ?? '')?.[1] ?? null;
    const answered: Answered = turnAway(request, token, nowMs) ?? answer(request, nowMs);
    const { question, ...rest } = answered;
    requests.record({
      atMs: nowMs,
      token: token === null ? null : hashToken(token),
      page: question?.page ?? null,
      filters: question === undefined ? {} : filledIn(question),
      status: rest.fault === 'hang' ? null : rest.status,
      fault: rest.fault,
    });
    return rest;
  };
}

/** One draw for all of them, so that their rates add up. */
function drawFault(random: Random, rates: SimulatorSettings['errorRates']): Fault | null {
  let left = random.next();
  for (const fault of faults) {
    left -= rates[fault];
    if (left < 0) return fault;
  }
  return null;
}

function refuse(status: 400 | 401 | 429 | 500, message?: string): UsersAnswer {
  return { status, body: JSON.stringify(errorBody(status, message)), fault: null };
}
