import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { SubscriptionId } from '#domain/subscription.ts';
import { connect } from '#store/connection.ts';
import { laneKeys } from '#store/keys.ts';
import { startOwnRedis } from '../../support/own-redis.ts';
import { freshRedisUrl } from '../../support/redis.ts';
import { openConnection, openStore } from '../../support/stage.ts';

const url = await freshRedisUrl();
const connection = await openConnection(url);
const { redis } = connection;
const { lanes } = openStore(connection);
/** Whoever breaks things. */
const { redis: admin } = await openConnection(url);

const laneIds = Array.from({ length: 350 }, (_, number): SubscriptionId => `sub_${number}`);
let logIds = 0;

/** Pushes one more event onto every lane: many calls of one script. */
function pushToAll() {
  logIds += 1;
  const logId = `${logIds}-0`;
  const events = [{ logId, ref: `inbox ${logId} evt_${logIds}` as const }];
  return lanes.push(
    'inbox',
    0,
    laneIds.map((lane) => ({ lane, events })),
  );
}

async function waitingOfAll(): Promise<number[]> {
  return Promise.all(laneIds.map((id) => redis.llen(laneKeys(id).waiting)));
}

async function killConnection(): Promise<void> {
  const id = await redis.client('ID');
  const ended = new Promise((resolve) => redis.once('close', resolve));
  await admin.client('KILL', 'ID', String(id));
  await ended;
}

test('scripts go on where Redis has forgotten them', async () => {
  await Promise.all(laneIds.map((id) => lanes.create(id, new Map())));
  expect(await pushToAll()).toHaveLength(laneIds.length);
  await admin.script('FLUSH');
  await lanes.pause('sub_0');
  expect((await lanes.summarize(['sub_0']))[0]?.status).toBe('paused');
  await admin.script('FLUSH');
  expect(await pushToAll()).toHaveLength(laneIds.length);
  expect(new Set(await waitingOfAll())).toEqual(new Set([2]));
});

test('scripts of many lanes all run once where Redis forgets them meanwhile', async () => {
  const before = (await waitingOfAll())[0] ?? 0;
  for (let round = 0; round < 5; round += 1) {
    await Promise.all([pushToAll(), admin.script('FLUSH')]);
  }
  expect(new Set(await waitingOfAll())).toEqual(new Set([before + 5]));
});

test('commands go on over a new connection where the old one was ended', async () => {
  await killConnection();
  await lanes.resume('sub_0', 'deliver', 1);
  expect((await lanes.summarize(['sub_0']))[0]?.status).toBe('active');
  expect(await pushToAll()).toHaveLength(laneIds.length);
});

test('commands on their way while the connection ends are sent again', async () => {
  const killed = killConnection();
  const grants = await Promise.all(
    Array.from({ length: 200 }, (_, number) =>
      connection.run('acquire-lease', { keys: [`{test}:${number}`], args: [5000, 'epoch'] }),
    ),
  );
  await killed;
  expect(new Set(grants)).toEqual(new Set(['acquired']));
  expect(await redis.keys('{test}:*')).toHaveLength(200);
});

test('scripts of many lanes all run once where the connection ends meanwhile', async () => {
  for (let round = 0; round < 5; round += 1) {
    const before = (await waitingOfAll())[0] ?? 0;
    const killed = killConnection();
    await pushToAll();
    await killed;
    expect(new Set(await waitingOfAll())).toEqual(new Set([before + 1]));
  }
});

test('a primary that became a replica is left for whoever is primary now, with the commands it refused', async ({
  skip,
}) => {
  const own = await startOwnRedis({}, skip);
  const { redis: its, run } = await openConnection(own.url);
  const control = await openConnection(own.url);
  // Of a primary that nobody can reach.
  await control.redis.replicaof('127.0.0.1', 9);
  const reconnected = new Promise((resolve) => its.once('ready', resolve));
  const writing = Promise.all([
    its.set('a', '1'),
    run('acquire-lease', { keys: ['{test}:lease'], args: [5000, 'epoch'] }),
  ]);
  await reconnected;
  await control.redis.replicaof('NO', 'ONE');
  const [written, grant] = await writing;
  expect(written).toBe('OK');
  expect(grant).toBe('acquired');
});

test('a connection on which nothing comes any more is left, and its commands are sent again', async () => {
  const { hostname, port, pathname } = new URL(url);
  const relays: Socket[] = [];
  const door = createServer((socket) => {
    const relay = createConnection(Number(port), hostname);
    socket.pipe(relay).pipe(socket);
    for (const each of [socket, relay]) each.on('error', () => {});
    relays.push(relay);
  }).listen(0, '127.0.0.1');
  await once(door, 'listening');
  const address = door.address() as AddressInfo;
  const target = { kind: 'single', url: `redis://127.0.0.1:${address.port}${pathname}` } as const;
  const far = connect(target, () => {}, 200);
  onTestFinished(async () => {
    await far.close();
    door.close();
    for (const relay of relays) relay.destroy();
  });
  expect(await far.redis.ping()).toBe('PONG');
  // As behind a firewall that forgot it: no answer, and no end either.
  for (const relay of relays) relay.unpipe();
  expect(await far.redis.get('{test}:far')).toBeNull();
  expect(relays.length).toBeGreaterThan(1);
});

test('a call that fails within many fails them all', async () => {
  await redis.set(laneKeys('sub_wrong').state, 'not a hash');
  await expect(lanes.tend(['sub_1', 'sub_wrong', 'sub_2'], 1, 1)).rejects.toThrow('WRONGTYPE');
});

test('a command whose script nobody wrote is a mistake of ours', () => {
  const name = 'no-such-script' as 'pause-lane';
  expect(() => connection.run(name, { keys: [], args: [] })).toThrow(TypeError);
});

test('a connection that never stood is closed at once', async () => {
  const errors: Error[] = [];
  // Nobody listens on the port of the discard protocol.
  const target = { kind: 'single', url: 'redis://127.0.0.1:9' } as const;
  const away = connect(target, (error) => errors.push(error));
  while (errors.length === 0) await new Promise(setImmediate);
  await away.close();
  // It would try again for ever otherwise.
  while (away.redis.status !== 'end') await new Promise(setImmediate);
  expect(errors[0]?.message).toContain('ECONNREFUSED');
});

test('a Redis without the database of that number is not used at all, rather than with another', async () => {
  const nowhere = new URL(url);
  nowhere.pathname = '/100000';
  const refused = Promise.withResolvers<Error>();
  const lost = connect({ kind: 'single', url: nowhere.href }, refused.resolve);
  onTestFinished(() => lost.close());
  void lost.redis.set('written-nowhere', '1').catch(() => {});
  expect((await refused.promise).message).toContain('out of range');
  await once(lost.redis, 'close');
  const first = new URL(url);
  first.pathname = '/0';
  const { redis: another } = await openConnection(first.href);
  expect(await another.exists('written-nowhere')).toBe(0);
});
