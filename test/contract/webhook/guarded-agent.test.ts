import type { LookupAddress } from 'node:dns';
import { expect, test } from 'vitest';
import { type AddressGuard, createAddressGuard } from '#webhook/address-guard.ts';
import { Attempt, type AttemptEnd } from '#webhook/attempt.ts';
import { AddressRefusedError, createGuardedAgent } from '#webhook/guarded-agent.ts';
import type { LookUp } from '#webhook/name-lookup.ts';
import { httpSubscriber } from './local-subscriber.ts';
import { failureOf, longTimeoutMs, testSender, webhookTo } from './test-sender.ts';

const loopback = createAddressGuard(['127.0.0.0/8']);
const here: LookupAddress = { address: '127.0.0.1', family: 4 };

function answering(...addresses: LookupAddress[]): LookUp {
  return async () => addresses;
}

function agentOf(guard: AddressGuard, lookUp = answering()) {
  const clock = () => performance.now();
  const limits = { connectionsPerOrigin: 4, connectTimeoutMs: longTimeoutMs, clock };
  const agent = createGuardedAgent({ guard, ...limits, lookUp });
  return {
    begin(origin: string) {
      const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
      const request = { origin, path: '/', method: 'POST', body: '{}' } as const;
      const attempt = new Attempt(agent, request, clock, resolve);
      attempt.start();
      return { attempt, ended: promise };
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

test.each([
  ['127.0.0.1', '127.0.0.1'],
  ['a decimal number', '2130706433'],
  ['hex and short', '0x7f.1'],
  ['octal', '0177.0.0.1'],
  ['mapped', '[::ffff:127.0.0.1]'],
  ['IPv6 loopback', '[::1]'],
  ['a name', 'localhost'],
])('connects to no refused address given as %s', async (_spelling, host) => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using sender = testSender({ allowedNetworks: [] });
  const url = subscriber.url.replace('127.0.0.1', host);

  const result = await sender.send(webhookTo(url));

  expect(failureOf(result)).toBe('address_refused');
  expect(result).toMatchObject({ message: expect.stringContaining('loopback') });
  expect(subscriber.connectionCount()).toBe(0);
});

test('reaches localhost when only one of its two addresses is allowed', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = agentOf(loopback, answering({ address: '::1', family: 6 }, here));

  const end = await agent.begin(`http://localhost:${subscriber.port}`).ended;

  expect(end).toMatchObject({ kind: 'answered', statusCode: 200 });
});

test('reaches a name all of whose addresses may be reached', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = agentOf(loopback, answering(here));

  const end = await agent.begin(`http://hooks.example:${subscriber.port}`).ended;

  expect(end).toMatchObject({ kind: 'answered', statusCode: 200 });
});

test('refuses a name when any one of its addresses is refused', async () => {
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = agentOf(loopback, answering(here, { address: '10.0.0.1', family: 4 }));

  const end = await agent.begin(`http://hooks.example:${subscriber.port}`).ended;

  expect(end).toMatchObject({ kind: 'failed', cause: expect.any(AddressRefusedError) });
  expect(subscriber.connectionCount()).toBe(0);
});

test('sends nothing to an address that is refused once it is reached', async () => {
  let judged = 0;
  const changing: AddressGuard = {
    refusal() {
      judged += 1;
      return judged === 1 ? null : 'a private address';
    },
  };
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = agentOf(changing);

  const end = await agent.begin(`http://127.0.0.1:${subscriber.port}`).ended;

  expect(end).toMatchObject({ kind: 'failed', cause: expect.any(AddressRefusedError) });
  expect(subscriber.received).toHaveLength(0);
});

test('lets go of an attempt at once while its name is being resolved, and sends it no more', async () => {
  const answers = [
    Promise.withResolvers<LookupAddress[]>(),
    Promise.withResolvers<LookupAddress[]>(),
  ];
  const asked = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let questions = 0;
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = agentOf(loopback, () => {
    asked[questions]!.resolve();
    questions += 1;
    return answers[questions - 1]!.promise;
  });
  const origin = `http://hooks.example:${subscriber.port}`;

  const stopped = agent.begin(origin);
  await asked[0]!.promise;
  stopped.attempt.abort();
  expect(await stopped.ended).toMatchObject({ kind: 'stopped', failure: { error: 'aborted' } });

  const next = agent.begin(origin);
  await asked[1]!.promise;
  for (const { resolve } of answers) resolve([here]);
  expect(await next.ended).toMatchObject({ kind: 'answered' });
  expect(subscriber.received).toHaveLength(1);
});
