import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { RunningSimulator } from '#simulator/simulator.ts';
import type { Cleanup } from './running-service.ts';

/** Answers in the inbox's place; `pass` is what the inbox itself would say. */
export type Keeper = (
  request: Request,
  pass: (request: Request) => Promise<Response>,
) => Promise<Response>;

/** An inbox whose answers can be meddled with while it runs. */
export interface Gate {
  readonly url: string;
  readonly token: string;
  /** From now on; `null` lets everything pass. */
  keep(keeper: Keeper | null): void;
}

/** A second door to this inbox; closes with the test. */
export async function startGate(inbox: RunningSimulator, onFinished: Cleanup): Promise<Gate> {
  const pass = async (request: Request) => inbox.app.fetch(request);
  let keeper: Keeper = pass;
  const server = createAdaptorServer({ fetch: (request) => keeper(request, pass) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token: inbox.token,
    keep: (next) => {
      keeper = next ?? pass;
    },
  };
}

/** An error as the inbox itself writes it. */
export function refusal(statusCode: number, code: string): Response {
  const body = { success: false, error: { code, message: 'Not now.', statusCode } };
  return Response.json(body, { status: statusCode });
}

/** The same question without what narrows it down. */
export async function withoutFilters(request: Request): Promise<Request> {
  const anyTime = { startAt: '', endsAt: '' };
  const asked = (await request.json()) as Record<string, unknown>;
  const body = { ...asked, status: [], createdAt: anyTime, lastSeenAt: anyTime };
  const { url, method, headers } = request;
  return new Request(url, { method, headers, body: JSON.stringify(body) });
}
