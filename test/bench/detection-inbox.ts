import { type InboxAnswer, readAnswer } from '#inbox/answer.ts';
import type { Inbox } from '#inbox/client.ts';
import { requestBody } from '#inbox/request-body.ts';
import { createRandom } from '#simulator/random.ts';
import type { SimulatorOptions } from '#simulator/settings.ts';
import { createSimulator, type Simulator } from '#simulator/simulator.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

/** How long an answer takes, ms. */
const latency = { min: 50, max: 150 };

/**
 * A simulated inbox on a virtual clock, and the way to ask it: with the body that is really sent and the reading of
 * answers that is really done, and nothing between the two.
 */
export function openSimulatedInbox(
  options: SimulatorOptions,
  clock: VirtualClock,
  timeoutMs: number,
): { readonly simulator: Simulator; readonly inbox: Pick<Inbox, 'listContacts'> } {
  const { now, pass } = clock;
  const simulator = createSimulator({ ...options, controls: false }, now);
  const { answerUsers, settings } = simulator;
  const chance = createRandom(settings.seed, 100);

  async function listContacts(
    { token }: { readonly token: string },
    question: Parameters<Inbox['listContacts']>[1],
    page: number,
  ): Promise<InboxAnswer> {
    const askedAtMs = now();
    const answer = answerUsers({
      authorization: `Bearer ${token}`,
      authtype: 'Key',
      contentType: 'application/json',
      body: JSON.stringify(requestBody(question, page)),
    });
    if (answer.fault === 'hang') {
      pass(timeoutMs);
      return unavailable('timeout');
    }
    pass(chance.integer(latency.min, latency.max));
    if (answer.fault === 'cut') return unavailable('connection');
    const { retryAfterSeconds } = answer;
    const headers = {
      date: new Date(now() + settings.clockOffsetMs).toUTCString(),
      ...(retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) }),
    };
    const text = answer.fault === 'html' ? '<!doctype html>' : answer.body;
    const { status: statusCode } = answer;
    return readAnswer({ statusCode, headers, text, askedAtMs, answeredAtMs: now() }, token);
  }

  return { simulator, inbox: { listContacts } };
}

function unavailable(reason: 'timeout' | 'connection'): InboxAnswer {
  return { kind: 'unavailable', reason, message: 'No answer.' };
}
