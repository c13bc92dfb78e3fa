import { createServer, connect as open, type Socket } from 'node:net';
import { expect, inject, onTestFinished, test } from 'vitest';
import { openConnection } from '../../support/stage.ts';

test('commands of one turn of the event loop travel together, in their order', async () => {
  const { hostname, port, pathname } = new URL(inject('redisUrl'));
  const packets: string[] = [];
  const sockets: Socket[] = [];
  const relay = createServer((from) => {
    const to = open(Number(port), hostname);
    sockets.push(from, to);
    from.on('data', (bytes) => packets.push(bytes.toString())).pipe(to);
    to.pipe(from);
  });
  await new Promise<void>((resolve) => void relay.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  const address = relay.address();
  if (address === null || typeof address === 'string') throw new TypeError('It listens on TCP.');
  const { redis } = await openConnection(`redis://127.0.0.1:${address.port}${pathname}`);
  await redis.ping();
  packets.length = 0;
  const first = Promise.all([redis.set('a', '1'), redis.incr('a'), redis.get('a')]);
  const replies = await Promise.resolve().then(async () => [
    ...(await first),
    await redis.get('a'),
  ]);
  expect(replies).toEqual(['OK', 2, '2', '2']);
  expect(packets).toHaveLength(2);
  await Promise.all([redis.set('b', '1'), Promise.resolve().then(() => redis.get('b'))]);
  expect(packets).toHaveLength(3);
});
