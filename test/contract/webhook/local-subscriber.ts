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
  connectionCount(): number;
}

/** An HTTP server that reads each request in full and then lets `answer` end it, or not. */
export async function httpSubscriber(
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
): Promise<LocalSubscriber> {
  const received: ReceivedRequest[] = [];
  return listen(createHttpServer(receiver(received, answer)), received);
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

/** A port on which nothing listens any more. */
export async function closedPort(): Promise<number> {
  await using subscriber = await rawSubscriber(() => {});
  return subscriber.port;
}

async function listen(server: Server, received: ReceivedRequest[]): Promise<LocalSubscriber> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/secret-path?token=secret-query`,
    received,
    connectionCount: () => connections,
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
