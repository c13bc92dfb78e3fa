import { readFileSync } from 'node:fs';
import { readConfig } from './config.ts';
import { adviseOnListening } from './listen-advice.ts';
import { createLog } from './log.ts';
import { startService } from './service.ts';

/** sysexits(3): something was found in an unconfigured or misconfigured state. */
const exitMisconfigured = 78;
/** What has not ended by then is cut off: a supervisor would kill us at its own, unknown, moment. */
const exitWithinMs = 9000;

const read = readConfig();
if (read.kind === 'invalid') {
  process.stderr.write(`${read.message}\n`);
  process.exit(exitMisconfigured);
}

const packageJson = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(packageJson) as { version: string };
const { config } = read;
const log = createLog(config.logLevel);

function onUnusable(error: Error): void {
  log.fatal({ error_message: error.message }, 'service.unusable');
  process.stderr.write(`The service ends, having changed nothing. ${error.message}\n`);
  process.exit(exitMisconfigured);
}

// Listening for signals comes first: one that arrives while the service starts must stop it in peace, too.
const starting = startService({ config, log, version, onUnusable });
let isStopping = false;
async function stop(signal: NodeJS.Signals): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info({ signal }, 'service.stopping');
  setTimeout(() => process.exit(0), exitWithinMs).unref();
  await (await starting).close();
  log.info('service.stopped');
  process.exit(0);
}
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => void stop(signal));
}

try {
  const { url } = await starting;
  log.info({ version, roles: [...config.roles], url }, 'service.started');
} catch (error) {
  // An address in use and the like is mended outside, and a stack would only hide the reason.
  const isOutside = error instanceof Error && 'syscall' in error;
  const advice = adviseOnListening(error, config.api) ?? undefined;
  const line = isOutside ? { error_message: error.message, advice } : { err: error };
  log.fatal(line, 'service.not_started');
  if (isOutside) {
    process.stderr.write(`The service was not started: ${error.message}. ${advice ?? ''}\n`);
  }
  process.exit(1);
}
