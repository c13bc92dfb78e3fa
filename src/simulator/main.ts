import { readEnvironment } from './environment.ts';
import { everyone } from './question.ts';
import { type RunningSimulator, startSimulator } from './simulator.ts';

const exitConfig = 78;

async function main() {
  const environment = readEnvironment(process.env);
  if (environment.kind === 'invalid') {
    console.error(environment.message);
    process.exitCode = exitConfig;
    return;
  }
  const { host, port, options } = environment;
  try {
    const simulator = await startSimulator(options, { host, port });
    console.log(welcome(simulator));
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => void simulator.close());
    }
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    console.error(`The simulator cannot listen on ${host}, port ${port}: ${said}.`);
    console.error(
      'Set SIMULATOR_PORT to a free one, and SIMULATOR_HOST to an address of this machine.',
    );
    process.exitCode = 1;
  }
}

function welcome({ url, token, settings }: RunningSimulator): string {
  const authtype = settings.provider === 'botpenguin' ? " -H 'authtype: Key'" : '';
  const curl = `curl ${url}/inbox/users -H 'Authorization: Bearer ${token}'${authtype} \\
    -H 'Content-Type: application/json' -d '${JSON.stringify(everyone)}'`;
  const lines = [
    `The inbox simulator is open at ${url}`,
    `  token     ${token}`,
    `  provider  ${settings.provider}`,
    `  contacts  ${settings.contacts}, and they are at it`,
    '',
    'Ask it for the first page:',
    `  ${curl}`,
  ];
  if (settings.controls) {
    lines.push(
      '',
      'Make something happen, and see what truly did:',
      `  curl -X POST ${url}/simulator/bulk-close -d '{ "count": 3 }'`,
      `  curl ${url}/simulator/truth`,
    );
  }
  return lines.join('\n');
}

await main();
