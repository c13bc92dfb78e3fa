import { once } from 'node:events';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serve } from '@hono/node-server';
import { afterAll } from 'vitest';
import type { ApiUnderTest } from './api-under-test.ts';
import type { Judged } from './fuzz-judge.ts';
import type { FuzzRequest } from './fuzz-requests.ts';

/** Sends requests over HTTP as they are: a client library would mend or refuse the odd ones. */
export async function openClient({ app }: Pick<ApiUnderTest, 'app'>) {
  const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  afterAll(async () => {
    agent.destroy();
    server.close();
    await once(server, 'close');
  });

  return async ({ method, path, headers, body }: FuzzRequest): Promise<Judged> => {
    const bytes = Buffer.from(body ?? '');
    const sent = { ...headers, 'content-length': bytes.length };
    const outgoing = request({ host: '127.0.0.1', port, agent, method, path, headers: sent });
    const answered = once(outgoing, 'response');
    outgoing.end(bytes);
    const [response] = await answered;
    let text = '';
    for await (const chunk of response.setEncoding('utf8')) text += chunk;
    const shown = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
    const isJson = /json/.test(response.headers['content-type'] ?? '');
    return {
      status: response.statusCode,
      headers: new Headers(shown as [string, string][]),
      text,
      json: isJson ? JSON.parse(text) : null,
    };
  };
}
