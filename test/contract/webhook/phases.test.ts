import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, test } from 'vitest';
import { createAddressGuard } from '#webhook/address-guard.ts';
import { Attempt, type AttemptEnd } from '#webhook/attempt.ts';
import { createGuardedAgent } from '#webhook/guarded-agent.ts';
import type { LookUp } from '#webhook/name-lookup.ts';
import { closedPort, httpSubscriber, httpsSubscriber } from './local-subscriber.ts';
import { certificate } from './test-certificate.ts';
import { longTimeoutMs } from './test-sender.ts';

const guard = createAddressGuard(['127.0.0.0/8']);
setDefaultCACertificates([...getCACertificates('default'), certificate]);

/** A clock that moves only where the test says so. */
function stillClock() {
  let ms = 1000;
  return {
    now: () => ms,
    pass: (passedMs: number) => {
      ms += passedMs;
    },
  };
}

function timedAgent(clock: () => number, lookUp: LookUp) {
  const limits = { connectionsPerOrigin: 4, connectTimeoutMs: longTimeoutMs };
  const agent = createGuardedAgent({ guard, ...limits, clock, lookUp });
  return {
    async post(origin: string) {
      const { promise, resolve } = Promise.withResolvers<AttemptEnd>();
      const request = { origin, path: '/', method: 'POST', body: '{}' } as const;
      const attempt = new Attempt(agent, request, clock, resolve);
      attempt.start();
      const end = await promise;
      await new Promise((resolve) => setImmediate(resolve));
      return { kind: end.kind, phases: attempt.phases() };
    },
    [Symbol.asyncDispose]: () => agent.destroy(),
  };
}

/** Takes 30 ms to find this machine, which then takes 7 ms to let anyone in. */
function slowLookUp(pass: (ms: number) => void): LookUp {
  return async () => {
    pass(30);
    // After the promise has been heard, and before anything can come from the network.
    process.nextTick(pass, 7);
    return [{ address: '127.0.0.1', family: 4 }];
  };
}

test('tells each phase of the attempt that opened the connection, and none of them on a kept one', async () => {
  const { now, pass } = stillClock();
  await using subscriber = await httpSubscriber((response) => {
    pass(250);
    response.end();
  });
  await using agent = timedAgent(now, slowLookUp(pass));
  const origin = `http://hooks.example:${subscriber.port}`;

  const first = await agent.post(origin);
  const second = await agent.post(origin);

  expect(first.phases).toEqual({ dnsMs: 30, connectMs: 7, firstByteMs: 287 });
  expect(second.phases).toEqual({ firstByteMs: 250 });
});

test('tells the handshake apart from the connection it secures', async () => {
  const { now, pass } = stillClock();
  await using subscriber = await httpsSubscriber(
    () => pass(20),
    (response) => response.end(),
  );
  await using agent = timedAgent(now, slowLookUp(pass));

  const { phases } = await agent.post(`https://hooks.example:${subscriber.port}`);

  expect(phases).toEqual({ dnsMs: 30, connectMs: 7, tlsMs: 20, firstByteMs: 57 });
});

test('tells apart what two attempts at once waited for', async () => {
  const { now, pass } = stillClock();
  const responses: (() => void)[] = [];
  await using subscriber = await httpSubscriber((response) => {
    responses.push(() => response.end());
    if (responses.length === 2) for (const respond of responses) respond();
  });
  await using agent = timedAgent(now, async () => {
    await new Promise((resolve) => setImmediate(resolve));
    pass(5);
    return [{ address: '127.0.0.1', family: 4 }];
  });
  const origin = `http://hooks.example:${subscriber.port}`;

  const attempts = await Promise.all([agent.post(origin), agent.post(origin)]);

  expect(attempts.map(({ phases }) => phases.dnsMs)).toEqual([5, 10]);
});

test('tells what had ended before an attempt failed', async () => {
  const { now, pass } = stillClock();
  await using agent = timedAgent(now, slowLookUp(pass));

  const attempt = await agent.post(`http://hooks.example:${await closedPort()}`);

  expect(attempt).toEqual({ kind: 'failed', phases: { dnsMs: 30 } });
});

test('counts no look-up where the address is in the URL', async () => {
  const { now, pass } = stillClock();
  await using subscriber = await httpSubscriber((response) => response.end());
  await using agent = timedAgent(now, slowLookUp(pass));

  const { phases } = await agent.post(`http://127.0.0.1:${subscriber.port}`);

  expect(phases).toEqual({ connectMs: 0, firstByteMs: 0 });
});
