import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs, styleText } from 'node:util';
import { DemoError } from './demo-error.ts';
import { NoRedisError } from './development-redis.ts';
import { receiptLine } from './receipt-line.ts';
import { playOpening } from './scene.ts';
import { type DemoStage, raiseStage } from './stage.ts';
import type { Receipt } from './subscriber.ts';
import { readBaseline, tellBaseline } from './tell-baseline.ts';

const seconds = readSeconds();

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());

const delivered = new Map<string, number>();
let refused = 0;
function onReceipt(receipt: Receipt): void {
  console.log(receiptLine(receipt, new Date()));
  if (receipt.kind === 'refused') refused += 1;
  else delivered.set(receipt.event.type, (delivered.get(receipt.event.type) ?? 0) + 1);
}

console.log(styleText('bold', 'inbox-notifier, a demo'));
const stage = await raiseStage({
  onReceipt,
  onProgress: (sentence) => console.log(sentence),
}).catch((error: unknown) => {
  if (!(error instanceof NoRedisError || error instanceof DemoError)) throw error;
  console.error(error.message);
  process.exit(1);
});
console.log(programme(stage));
const notifier = { url: stage.service.url ?? '', adminKey: stage.adminKey };
const reading = tellBaseline(
  {
    look: () => readBaseline(notifier, stop.signal),
    wait: (durationMs) => wait(durationMs, undefined, { signal: stop.signal }),
    contacts: stage.simulator.settings.contacts,
    onProgress: (sentence) => console.log(styleText('dim', sentence)),
  },
  stop.signal,
).catch(() => {});
const opening = wait(1500, undefined, { signal: stop.signal }).then(
  () => playOpening(stage.simulator),
  () => {},
);
const end = seconds === null ? [] : [wait(seconds * 1000, undefined, { signal: stop.signal })];
await Promise.race([once(stop.signal, 'abort'), ...end]).catch(() => {});
stop.abort();
await Promise.all([opening, reading]);
await stage[Symbol.asyncDispose]();
console.log(summary());
const isComplete = delivered.has('contact.created') && delivered.has('contact.status_changed');
process.exit(seconds !== null && !(isComplete && refused === 0) ? 1 : 0);

/** Null: until Ctrl-C. */
function readSeconds(): number | null {
  try {
    const { values } = parseArgs({ options: { for: { type: 'string' } } });
    const seconds = values.for === undefined ? null : Number(values.for);
    if (seconds === null || seconds > 0) return seconds;
  } catch {
    // What it knows is said below.
  }
  console.error('The demo knows one option, a number of seconds: npm run demo -- --for 20');
  process.exit(2);
}

function programme({ redis, simulator, service, adminKey }: DemoStage): string {
  const { settings } = simulator;
  return `
  Redis         ${redis.how}
  Inbox         ${simulator.url}/inbox/users, simulated: ${settings.contacts} contacts, ${settings.requestsPerMinute} requests a minute
  Dashboard     ${service.url}/
  API key       ${adminKey}
  API           ${service.url}/docs, or:
                curl -H 'Authorization: Bearer ${adminKey}' ${service.url}/v1/sources

The contacts of the inbox are no news. What happens from now on is; each line is a signed webhook that
a sample subscriber received and verified${seconds === null ? '. Ctrl-C ends the demo.' : `, for ${seconds} s.`}
`;
}

function summary(): string {
  const counts = [...delivered].map(([type, count]) => `${count} ${type}`).join(', ');
  return `\nDelivered and verified: ${counts || 'nothing'}.${refused > 0 ? ` Refused: ${refused}.` : ''}`;
}
