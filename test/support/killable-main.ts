import { pino } from 'pino';
import { readConfig } from '#config.ts';
import { createLog } from '#log.ts';
import type { Parts } from '#parts.ts';
import { startService } from '#service.ts';

/**
 * The service, but for the moment of its death: `KILL_AT=contacts.commit:after:2` kills it, once armed by SIGUSR2, right
 * after the second call of `contacts.commit` has done its work (`before`: right before it is made). Calls with nothing to
 * work on (an empty first argument) do not count. A second SIGUSR2 disarms it.
 */
const [part = '', moment = '', count = '1'] = (process.env.KILL_AT ?? '').split(':');
const [room = '', name = ''] = part.split('.');

const read = readConfig();
if (read.kind === 'invalid') throw new Error(read.message);
// Written at once: of the service's own log a kill takes along what is on its way.
const log = createLog(read.config.logLevel, pino.destination({ dest: 1, sync: true }));

let isArmed = false;
let callsLeft = Number(count);
process.on('SIGUSR2', () => {
  isArmed = !isArmed;
  log.info(isArmed ? 'kill.armed' : 'kill.disarmed');
});

type AnyFunction = (...args: readonly unknown[]) => unknown;

function decorate(parts: Parts): Parts {
  const owner = parts[room as keyof Parts] as unknown as Record<string, AnyFunction>;
  const original = owner[name];
  if (original === undefined) throw new TypeError(`There is no part called ${part}.`);
  const deadly = async (...args: readonly unknown[]) => {
    const [work] = args;
    const counts = isArmed && !(Array.isArray(work) && work.length === 0);
    if (counts) callsLeft -= 1;
    const isLast = counts && callsLeft === 0;
    if (isLast && moment === 'before') die();
    const result = await original.apply(owner, [...args]);
    if (isLast) die();
    return result;
  };
  return { ...parts, [room]: { ...owner, [name]: deadly } };
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // Nothing more is done, not even what would fit in before the signal comes.
  for (;;);
}

await startService({ config: read.config, log, version: 'killable', decorate });
