import { type InboxAnswer, readAnswer } from '#inbox/answer.ts';
import type { Inbox } from '#inbox/client.ts';
import { requestBody } from '#inbox/request-body.ts';
import type { SimulatorOptions } from '#simulator/settings.ts';
import { createSimulator, type Simulator } from '#simulator/simulator.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

const url = 'http://inbox.test/inbox/users';

/**
 * A simulated inbox on a virtual clock, and the way to ask it: through the body that is really sent and the reading of
 * answers that is really done, but without a socket.
 */
export function openSimulatedInbox(
  options: SimulatorOptions,
  clock: VirtualClock,
  timeoutMs: number,
): { readonly simulator: Simulator; readonly inbox: Pick<Inbox, 'listContacts'> } {
  const { now, passUntil } = clock;
  const simulator = createSimulator({ ...options, controls: false }, now, clock.wait);
  const { app, requests, settings } = simulator;
  const mayHang = settings.errorRates.hang > 0;

  async function exchange(token: string, body: string): Promise<Response | null> {
    const abort = new AbortController();
    const answering = app.request(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        authtype: 'Key',
        'content-type': 'application/json',
      },
      body,
      ...(mayHang ? { signal: abort.signal } : {}),
    });
    if (!mayHang) return answering;
    const first = await Promise.race([answering, new Promise<null>((r) => setImmediate(r, null))]);
    abort.abort();
    await answering;
    return first;
  }

  return {
    simulator,
    inbox: {
      async listContacts({ token }, question, page): Promise<InboxAnswer> {
        const askedAtMs = now();
        const response = await exchange(token, JSON.stringify(requestBody(question, page)));
        if (response === null) {
          passUntil(askedAtMs + timeoutMs);
          return { kind: 'unavailable', reason: 'timeout', message: 'It took too long.' };
        }
        if (requests.received.at(-1)?.fault === 'cut') {
          return { kind: 'unavailable', reason: 'connection', message: 'It was cut.' };
        }
        const text = await response.text();
        const headers = Object.fromEntries(response.headers);
        const { status: statusCode } = response;
        return readAnswer({ statusCode, headers, text, askedAtMs, answeredAtMs: now() }, token);
      },
    },
  };
}
