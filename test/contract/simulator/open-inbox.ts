import { everyone } from '#simulator/question.ts';
import { noActivity, type SimulatorOptions } from '#simulator/settings.ts';
import { createSimulator } from '#simulator/simulator.ts';

type Json = Record<string, unknown>;

export const startMs = Date.parse('2026-06-12T10:00:00.250Z');

export interface Person extends Json {
  readonly _id: string;
  readonly status: string;
  readonly lastSeenAt: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A simulator in this process in which nothing happens unless told, on a clock that stands still unless moved. */
export function openInbox(options: SimulatorOptions = {}) {
  const clock = { nowMs: startMs };
  const settings = { contacts: 0, activityPerMinute: noActivity, ...options };
  const simulator = createSimulator(settings, () => clock.nowMs);

  /** `undefined` leaves a header out. */
  async function post(body: unknown, headers: Record<string, string | undefined> = {}) {
    const all = {
      authorization: 'Bearer simulator-token',
      authtype: 'Key',
      'content-type': 'application/json',
      ...headers,
    };
    const sent = Object.entries(all).filter((entry): entry is [string, string] => !!entry[1]);
    return simulator.app.request('/inbox/users', {
      method: 'POST',
      headers: sent,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** One page, asked with the documented body and every filter empty but these. */
  async function ask(filters: Json = {}): Promise<Person[]> {
    const response = await post({ ...everyone, ...filters });
    const { data } = (await response.json()) as { data: Person[] };
    return data;
  }

  async function askIds(filters: Json): Promise<string[]> {
    return (await ask(filters)).map(({ _id }) => _id);
  }

  return { ...simulator, clock, post, ask, askIds };
}
