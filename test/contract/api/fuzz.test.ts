import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openApi } from './api-under-test.ts';
import { findOperation, readDocument } from './documented-answers.ts';
import { openClient } from './fuzz-client.ts';
import { createJudge } from './fuzz-judge.ts';
import { type FuzzedDocument, type FuzzRequest, requestsTo } from './fuzz-requests.ts';
import { addBusySubscription, createWorld, fillIn, learn } from './fuzz-world.ts';

/** The same requests at every run. `FUZZ_REQUESTS` and `FUZZ_SEED` ask for more and for others. */
const numRuns = Number(process.env.FUZZ_REQUESTS ?? 3000);
const seed = Number(process.env.FUZZ_SEED ?? 20_260_612);

const api = await openApi();
const document = await readDocument(api.app);
const judge = createJudge(document);
const world = await createWorld(api);
const ask = await openClient(api);
/** How often each operation answered with each status. */
const seen = new Map<string, number>();

test(`${numRuns} requests meet no 500 and no answer that the document does not promise`, async () => {
  const requests = requestsTo(document as unknown as FuzzedDocument);
  await fc.assert(fc.asyncProperty(requests, tryOut), { seed, numRuns });
  const statuses = new Set([...seen.keys()].map((each) => Number(each.split(' ').at(-1))));
  const refusals = [400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 429];
  expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 202, 204, ...refusals]));
  expect(neverAnswered()).toEqual([]);
}, 300_000);

let tried = 0;

async function tryOut(generated: FuzzRequest): Promise<void> {
  if (tried % 100 === 0) await addBusySubscription(api, world);
  tried += 1;
  const request = filledIn(generated);
  const first = await send(request);
  // A repetition is answered the same, whatever the first was answered.
  const name = request.headers['idempotency-key'];
  if (name === undefined || request.method !== 'POST' || first.status === 429) return;
  const again = await send(request);
  if (again.headers.get('idempotency-replayed') === null) return;
  expect([again.status, again.text]).toEqual([first.status, first.text]);
  count('repeated', first.status);
}

async function send(request: FuzzRequest) {
  const { method, path } = request;
  const answer = await ask(request);
  const { pathname } = new URL(path, 'http://api');
  const complaint = judge(method, pathname, answer);
  if (complaint !== null) throw new Error(describe(request, answer.status, answer.text, complaint));
  learn(world, path, answer.headers, answer.json);
  api.nowMs += 1;
  api.logLines.length = 0;
  count(findOperation(document, method, pathname)?.name ?? 'elsewhere', answer.status);
  return answer;
}

function filledIn({ method, path, headers, body }: FuzzRequest) {
  const named = Object.entries(headers).map(([name, value]) => [name, fillIn(world, value)]);
  return {
    method,
    path: fillIn(world, path),
    headers: Object.fromEntries(named) as Record<string, string>,
    body: body === null ? null : fillIn(world, body),
  };
}

/** A failure as one can send it again. */
function describe(
  { method, path, headers, body }: FuzzRequest,
  status: number,
  text: string,
  complaint: string,
): string {
  const cut = (long: string) => (long.length > 500 ? `${long.slice(0, 500)}…` : long);
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${cut(value)}`);
  const failed = api.logLines
    .filter(({ err }) => err !== undefined)
    .map((line) => JSON.stringify(line));
  return [
    `${method} ${cut(path)}`,
    ...lines,
    `  ${cut(body ?? '')}`,
    `answered ${status}: ${cut(text)}`,
    complaint,
    ...failed,
  ].join('\n');
}

function count(what: string, status: number): void {
  const name = `${what} ${status}`;
  seen.set(name, (seen.get(name) ?? 0) + 1);
}

/** Operations that nothing which was sent made do what they are for. */
function neverAnswered(): string[] {
  return Object.entries(document.paths).flatMap(([path, operations]) =>
    Object.keys(operations)
      .map((method) => `${method.toUpperCase()} ${path}`)
      .filter((name) => ![...seen.keys()].some((each) => each.startsWith(`${name} 2`))),
  );
}
