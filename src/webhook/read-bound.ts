import type { Socket } from 'node:net';

/** Far more than any answer that is read takes: its headers, those of informational ones, and 16 KiB in small chunks. */
const mostRawBytes = 512 * 1024;

/** A connection brought more bytes for one request than any answer needs, such as names of chunks without end. */
export class AnswerTooLongError extends Error {
  override readonly name = 'AnswerTooLongError';

  constructor() {
    super('The answer is longer than is read.');
  }
}

/** Closes an open connection on which more than that comes without anything having been written in between. */
export function boundReading(socket: Socket): void {
  let writtenBytes = -1;
  let readBytesBefore = 0;
  socket.on('readable', () => {
    if (socket.bytesWritten !== writtenBytes) {
      writtenBytes = socket.bytesWritten;
      readBytesBefore = socket.bytesRead;
    }
    if (socket.bytesRead - readBytesBefore > mostRawBytes) socket.destroy(new AnswerTooLongError());
  });
}
