import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';

import { everyone } from '#simulator/question.ts';

/** `npm run simulator` without npm. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, ['src/simulator/main.ts'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const said = (stream: NodeJS.ReadableStream, words: RegExp) =>
    new Promise<string>((resolve) => {
      let text = '';
      stream.on('data', (chunk) => {
        text += String(chunk);
        if (words.test(text)) resolve(text);
      });
    });
  return { child, exited, said };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'it says where it is, answers there, and leaves with 0 on %s',
  async (signal) => {
    const { child, exited, said } = start({ SIMULATOR_PORT: '0', SIMULATOR_TOKEN: 'my-token' });
    const welcome = await said(child.stdout, /truth\n/);
    expect(welcome).toContain('my-token');
    const url = /curl (http:\S+\/inbox\/users)/.exec(welcome)?.[1] ?? '';
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: 'Bearer my-token',
        authtype: 'Key',
        'content-type': 'application/json',
      },
      body: JSON.stringify(everyone),
    });
    expect(await response.json()).toMatchObject({ success: true, data: { length: 20 } });
    child.kill(signal);
    expect(await exited).toBe(0);
  },
);

test('what it does not understand, it names, and leaves with 78', async () => {
  const { child, exited, said } = start({ SIMULATOR_PORT: 'x', SIMULATOR_CONTACTS: '-1' });
  const complaint = await said(child.stderr, /CONTACTS/);
  expect(complaint).toContain('SIMULATOR_PORT');
  expect(await exited).toBe(78);
});

test('where it may not listen, it says so in one line and leaves with 1', async () => {
  const { child, exited, said } = start({ SIMULATOR_PORT: '0', SIMULATOR_HOST: '203.0.113.1' });
  expect(await said(child.stderr, /\n/)).toMatch(/^The simulator cannot listen on 203.0.113.1/);
  expect(await exited).toBe(1);
});
