import { styleText } from 'node:util';
import type { Receipt, ReceivedEvent } from './subscriber.ts';

const nameColumns = 24;
const typeColumns = 22;
const changeColumns = 24;

/** One receipt as a line for the terminal: time, type, who, from → to, and whether the signature held. */
export function receiptLine(receipt: Receipt, at: Date): string {
  const time = styleText('dim', at.toTimeString().slice(0, 8));
  if (receipt.kind === 'refused') {
    return `${time}  ${styleText('red', `✗ refused: ${receipt.reason}`)}`;
  }
  const { event } = receipt;
  return [
    time,
    styleText('cyan', event.type.padEnd(typeColumns)),
    toColumn(nameOf(event), nameColumns),
    toColumn(changeOf(event), changeColumns),
    styleText('green', '✓ verified'),
  ].join('  ');
}

function nameOf(event: ReceivedEvent): string {
  const contact = event.data.contact as
    | { profile?: { userDetails?: { name?: unknown; contact?: { email?: unknown } } }; _id: string }
    | undefined;
  const details = contact?.profile?.userDetails;
  const names = [details?.name, details?.contact?.email, contact?._id];
  return names.filter((name) => typeof name === 'string').find((name) => name !== '') ?? '';
}

function changeOf({ type, data }: ReceivedEvent): string {
  if (type === 'contact.created') return `${data.reason ?? 'new'}, ${data.contact?.status ?? '?'}`;
  const status = data.changes?.status;
  if (status !== undefined) return `${status.from} → ${status.to}`;
  return Object.keys(data.changes ?? {}).join(', ');
}

/** Names come from strangers: control characters would let them draw on the terminal. */
function toColumn(text: string, columns: number): string {
  const plain = text.replaceAll(/\p{Cc}/gu, ' ');
  return (plain.length > columns ? `${plain.slice(0, columns - 1)}…` : plain).padEnd(columns);
}
