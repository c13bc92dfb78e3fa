import { Agent, request } from 'undici';
import { signatureHeaders } from '#webhook/signature.ts';
import { secret } from './material.ts';

/** The same webhook as the service sends, with no service around it: the ceiling that its deliveries are measured against. */
export async function postBare(
  dispatcher: Agent,
  url: string,
  webhook: { readonly eventId: string; readonly body: Buffer },
): Promise<void> {
  const { eventId, body } = webhook;
  const timestampSeconds = Math.floor(Date.now() / 1000);
  const answer = await request(url, {
    dispatcher,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'inbox-notifier/bench',
      ...signatureHeaders({ eventId, timestampSeconds, body, secrets: [secret] }),
    },
    body,
  });
  await answer.body.dump();
}

export function openBareAgent(): Agent {
  return new Agent({ connections: 1024, pipelining: 1 });
}
