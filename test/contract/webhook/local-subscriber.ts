import {
  createServer as createHttpServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server,
  type Socket,
} from 'node:net';
import { certificate, privateKey } from './test-certificate.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface LocalSubscriber extends AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:{port}` and a path and query that no message may repeat. */
  readonly url: string;
  readonly received: readonly ReceivedRequest[];
  onConnection(listener: (socket: Socket) => void): void;
  connectionCount(): number;
  /** Of all connections together, handshakes included. */
  receivedBytes(): number;
}

/** Default: a free port of 127.0.0.1. */
interface Place {
  readonly host?: string;
  readonly port?: number;
}

/** An HTTP server that reads each request in full and then lets `answer` end it, or not. */
export async function httpSubscriber(
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
  place: Place = {},
): Promise<LocalSubscriber> {
  const received: ReceivedRequest[] = [];
  return listen(createHttpServer(receiver(received, answer)), received, place);
}

/** As `httpSubscriber`, with the test certificate; `onHello` is called in the middle of each handshake. */
export async function httpsSubscriber(
  onHello: () => void,
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
): Promise<LocalSubscriber> {
  const received: ReceivedRequest[] = [];
  const options = {
    cert: certificate,
    key: privateKey,
    SNICallback(_name: string, callback: (error: Error | null) => void) {
      onHello();
      callback(null);
    },
  };
  return listen(createHttpsServer(options, receiver(received, answer)), received);
}

function receiver(
  received: ReceivedRequest[],
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
) {
  return (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = requestOf(incoming, Buffer.concat(chunks));
      received.push(request);
      answer(response, request);
    });
  };
}

/** A TCP server that hands each connection to `talk` as soon as its first bytes arrive. */
export async function rawSubscriber(talk: (socket: Socket) => void): Promise<LocalSubscriber> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => talk(socket));
  });
  return listen(server, []);
}

/** As `rawSubscriber`, but for each request of a connection; the first is number 1. */
export async function repeatingSubscriber(
  talk: (socket: Socket, request: number, text: string) => void,
): Promise<LocalSubscriber> {
  const server = createTcpServer((socket) => {
    let requests = 0;
    let text = '';
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      const headEnd = text.indexOf('\r\n\r\n');
      const bodyLength = Number(/content-length: (\d+)/.exec(text)?.[1]);
      if (headEnd < 0 || text.length < headEnd + 4 + bodyLength) return;
      requests += 1;
      talk(socket, requests, text);
      text = '';
    });
  });
  return listen(server, []);
}

/** A port on which nothing listens any more. */
export async function closedPort(): Promise<number> {
  await using subscriber = await rawSubscriber(() => {});
  return subscriber.port;
}

async function listen(
  server: Server,
  received: ReceivedRequest[],
  { host = '127.0.0.1', port: wantedPort = 0 }: Place = {},
): Promise<LocalSubscriber> {
  const sockets = new Set<Socket>();
  const allSockets: Socket[] = [];
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    allSockets.push(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${host}:${port}/secret-path?token=secret-query`,
    received,
    onConnection: (listener) => server.on('connection', listener),
    connectionCount: () => allSockets.length,
    receivedBytes: () => allSockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function requestOf(incoming: IncomingMessage, body: Buffer): ReceivedRequest {
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers: headers as Record<string, string>, body };
}
