import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const receivers = folder('docs/recipes/receivers');
const cache = folder('node_modules/.cache/inbox-notifier/receivers');
/** Fetching a library, or compiling: on a machine without a network it fails sooner. */
const patience = { timeout: 50_000 };

/** How a receiver of the recipes is run here; or why it cannot be. */
export type Runnable =
  | {
      readonly kind: 'ready';
      readonly command: readonly [string, ...string[]];
      readonly env?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'missing'; readonly reason: string };

export type Language = 'typescript' | 'python' | 'go';

const preparations: Readonly<Record<Language, () => Promise<Runnable>>> = {
  typescript: async () => ({
    kind: 'ready',
    command: [process.execPath, `${receivers}/typescript/receiver.ts`],
  }),
  async python() {
    const target = `${cache}/python`;
    const requirements = `${receivers}/python/requirements.txt`;
    const fetching = ['-m', 'pip', 'install', '-q', '--target', target, '-r', requirements];
    const env = { PYTHONPATH: target };
    const importing = run('python3', ['-c', 'import standardwebhooks'], {
      env: { ...process.env, ...env },
    });
    await importing.catch(() => run('python3', fetching, patience));
    return { kind: 'ready', command: ['python3', `${receivers}/python/receiver.py`], env };
  },
  async go() {
    const built = `${cache}/receiver-go`;
    await run('go', ['build', '-o', built, '.'], { ...patience, cwd: `${receivers}/go` });
    return { kind: 'ready', command: [built] };
  },
};

/** Its library is fetched into a cache, or its program compiled, unless that was done before. */
export async function prepareReceiver(language: Language): Promise<Runnable> {
  try {
    return await preparations[language]();
  } catch (error) {
    const [said = ''] = String((error as { stderr?: string }).stderr || error).split('\n');
    return { kind: 'missing', reason: `not run, for want of ${language} or its library: ${said}` };
  }
}

/** A running receiver, ended with the test. */
export async function startReceiver(
  { command: [program, ...args], env = {} }: Runnable & { kind: 'ready' },
  settings: Readonly<Record<string, string>>,
) {
  const receiver = spawn(program, args, {
    env: { ...process.env, ...env, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(async () => {
    receiver.kill();
    if (receiver.exitCode === null && receiver.signalCode === null) await once(receiver, 'exit');
  });
  const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const port = /port (\d+)$/.exec(await nextLine())?.[1];
  return { url: `http://127.0.0.1:${port}/`, nextLine };
}
