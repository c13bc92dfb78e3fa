import { createSocket, type RemoteInfo } from 'node:dgram';
import { isIPv4 } from 'node:net';

const types = { A: 1, CNAME: 5, AAAA: 28 } as const;
const answerCodes = { NOERROR: 0, SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;

export interface DnsQuestion {
  /** As it was asked. */
  readonly name: string;
  readonly type: 'A' | 'AAAA';
}

/** Addresses of either family, of which those of the type in question are sent, behind the aliases that lead to them. */
export interface DnsRecords {
  readonly aliases?: readonly string[];
  readonly addresses: readonly string[];
}

export type DnsAnswer = DnsRecords | 'SERVFAIL' | 'NXDOMAIN' | 'REFUSED' | 'silence';

export interface LocalDns extends AsyncDisposable {
  /** As `setServers` takes it. */
  readonly servers: readonly [string];
  readonly asked: readonly DnsQuestion[];
}

/** A name server on this machine, whose records are all valid for no time at all. */
export async function localDns(
  answer: (question: DnsQuestion) => DnsAnswer | Promise<DnsAnswer>,
): Promise<LocalDns> {
  const asked: DnsQuestion[] = [];
  const socket = createSocket('udp4');
  let isOpen = true;
  const reply = async (query: Buffer, { port, address }: RemoteInfo) => {
    const { question, bytes } = readQuestion(query);
    asked.push(question);
    const given = await answer(question);
    if (given !== 'silence' && isOpen)
      socket.send(packet(query, bytes, question, given), port, address);
  };
  socket.on('message', reply);
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    servers: [`127.0.0.1:${socket.address().port}`],
    asked,
    async [Symbol.asyncDispose]() {
      isOpen = false;
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

function readQuestion(query: Buffer): { question: DnsQuestion; bytes: Buffer } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]!; length > 0; length = query[at]!) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) === types.A ? 'A' : 'AAAA';
  return { question: { name: labels.join('.'), type }, bytes: query.subarray(12, at + 5) };
}

function packet(
  query: Buffer,
  questionBytes: Buffer,
  { name, type }: DnsQuestion,
  answer: Exclude<DnsAnswer, 'silence'>,
): Buffer {
  const records = typeof answer === 'string' ? [] : recordsOf(name, type, answer);
  const code = answerCodes[typeof answer === 'string' ? answer : 'NOERROR'];
  const head = Buffer.alloc(12);
  query.copy(head, 0, 0, 2);
  head.writeUInt16BE(0x8180 | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, questionBytes, ...records]);
}

function recordsOf(
  name: string,
  type: 'A' | 'AAAA',
  { aliases = [], addresses }: DnsRecords,
): readonly Buffer[] {
  const names = [name, ...aliases];
  const chain = aliases.map((alias, index) => record(names[index]!, 'CNAME', wireName(alias)));
  const sought = addresses.filter((address) => isIPv4(address) === (type === 'A'));
  return [...chain, ...sought.map((address) => record(names.at(-1)!, type, wireAddress(address)))];
}

function record(owner: string, type: keyof typeof types, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(types[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([wireName(owner), fixed, data]);
}

function wireName(name: string): Buffer {
  const labels = name.split('.').map((label) => `${String.fromCharCode(label.length)}${label}`);
  return Buffer.from(`${labels.join('')}\0`, 'latin1');
}

function wireAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split('.').map(Number));
  // The URL parser writes every IPv6 address with groups of hex only.
  const [left = '', right] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((one) => Number(`0x${one}`));
  const before = groups(left);
  const after = groups(right ?? '');
  const zeros: number[] = new Array(8 - before.length - after.length).fill(0);
  return Buffer.from([...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 255]));
}
