import { z } from 'zod';
import { describeBaseline } from '#poll/baseline-forecast.ts';

const source = z.object({
  baseline: z.object({
    contacts: z.number(),
    expectedContacts: z.number().nullable(),
    secondsLeft: z.number().nullable(),
    completedAt: z.string().nullable(),
  }),
});
export type Baseline = z.infer<typeof source>['baseline'];

const lookEveryMs = 2000;

/** Says how far the first reading of the inbox is, each time that it has got further, until it is done. */
export async function tellBaseline(
  ports: {
    /** Null while there is no source yet. */
    readonly look: () => Promise<Baseline | null>;
    readonly wait: (durationMs: number) => Promise<void>;
    /** In so small an inbox the service does not look how many there are; the demo knows. */
    readonly contacts: number;
    readonly onProgress: (sentence: string) => void;
  },
  signal: AbortSignal,
): Promise<void> {
  let told = 0;
  while (!signal.aborted) {
    const baseline = await ports.look();
    if (baseline !== null && baseline.completedAt !== null) {
      ports.onProgress(`The inbox was read for the first time: ${baseline.contacts} contacts.`);
      return;
    }
    if (baseline !== null && baseline.contacts > told) {
      told = baseline.contacts;
      const expectedContacts = baseline.expectedContacts ?? Math.max(told, ports.contacts);
      const words = describeBaseline(told, { ...baseline, expectedContacts });
      ports.onProgress(`Reading the inbox for the first time: ${words}.`);
    }
    await ports.wait(lookEveryMs);
  }
}

/** As the API tells it. */
export async function readBaseline(
  notifier: { readonly url: string; readonly adminKey: string },
  signal: AbortSignal,
): Promise<Baseline | null> {
  const headers = { authorization: `Bearer ${notifier.adminKey}` };
  const answer = await fetch(new URL('/v1/sources/default', notifier.url), { headers, signal });
  return answer.ok ? source.parse(await answer.json()).baseline : null;
}
