import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig } from '#config.ts';
import { createInbox } from '#inbox/client.ts';
import { newId } from '#parts.ts';
import { connect } from '#store/connection.ts';
import { createSeal } from '#store/sealed.ts';
import { examine } from './examine.ts';
import { describeFindings, hasProblem, sortFindings } from './report.ts';

/** sysexits(3), as `npm start`. */
const exitMisconfigured = 78;
const exitMisused = 2;

function wantsJson(): boolean {
  try {
    return parseArgs({ options: { json: { type: 'boolean', default: false } } }).values.json;
  } catch {
    process.stderr.write('The doctor knows one option: npm run doctor -- --json\n');
    process.exit(exitMisused);
  }
}

const isJson = wantsJson();
const read = readConfig();
if (read.kind === 'invalid') {
  process.stderr.write(`${read.message}\n`);
  process.exit(exitMisconfigured);
}
const { config } = read;
const now = Date.now;
let lastError: Error | null = null;
const connection = connect(config.redis, (error) => {
  lastError = error;
});
const inbox = createInbox({ timeoutMs: config.inbox.timeoutMs, now });
const findings = await examine(
  {
    connection,
    lastRedisError: () => lastError,
    seal: createSeal(config.encryptionKeys, randomBytes),
    inbox,
    newId,
    wait: (durationMs) => sleep(durationMs),
    now,
  },
  config,
);
const sorted = sortFindings(findings);
process.stdout.write(
  `${isJson ? JSON.stringify({ findings: sorted }, null, 2) : describeFindings(sorted)}\n`,
);
connection.redis.disconnect();
await inbox.close();
// A question to a Redis that is away would keep the process.
process.exit(hasProblem(findings) ? 1 : 0);
