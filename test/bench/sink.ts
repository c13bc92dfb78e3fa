import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { SinkOrder, SinkReport } from './sink-main.ts';

export type Arrival = Extract<SinkReport, { kind: 'arrived' }>;

/** The subscribers: a process of its own that answers at once. */
export interface Sink extends AsyncDisposable {
  /** Each an origin of its own, as subscribers have; the last ones never answer. */
  readonly urls: readonly string[];
  /** Counts from 0 again and tells after every so many requests when the last of them was complete. */
  watch(every: number, onArrival: (arrival: Arrival) => void): Promise<void>;
}

export async function startSink(origins: number, silent = 0): Promise<Sink> {
  const child = fork(fileURLToPath(new URL('./sink-main.ts', import.meta.url)));
  const exited = once(child, 'exit');
  const order = (message: SinkOrder) => child.send(message);
  let expected = Promise.withResolvers<SinkReport>();
  let onArrival: (arrival: Arrival) => void = () => {};
  child.on('message', (report: SinkReport) => {
    if (report.kind === 'arrived') onArrival(report);
    else expected.resolve(report);
  });
  child.on('exit', (code) => expected.reject(new Error(`The sink ended with code ${code}.`)));

  order({ ports: origins, silent });
  const listening = await expected.promise;
  if (listening.kind !== 'listening') throw new Error('The sink does not listen.');
  return {
    urls: listening.ports.map((port) => `http://127.0.0.1:${port}/hook`),
    async watch(every, listener) {
      expected = Promise.withResolvers();
      onArrival = () => {};
      order({ reportEvery: every });
      await expected.promise;
      onArrival = listener;
    },
    async [Symbol.asyncDispose]() {
      expected.promise.catch(() => {});
      child.disconnect();
      await exited;
    },
  };
}
