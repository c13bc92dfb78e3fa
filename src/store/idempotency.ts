import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ApiKeyId } from '#domain/api-key.ts';
import type { Connection } from './connection.ts';
import { idempotencyKey } from './keys.ts';
import type { Seal } from './sealed.ts';

/** A request that may be sent more than once and is to be done once. */
export interface RepeatableRequest {
  readonly keyId: ApiKeyId;
  /** What the caller named this request. */
  readonly name: string;
  /** What it asks for, address and body: all that must be the same in a repetition. */
  readonly content: Buffer;
}

const answerSchema = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.string(),
});
export type RememberedAnswer = z.infer<typeof answerSchema>;

/** Whoever works on a request: `claim` is theirs alone, `seed` the chance that it is done with. */
export interface Undertaking {
  readonly claim: string;
  readonly seed: Buffer;
}

export type Beginning =
  /** With the seed of whoever began it first, so that what is made again is the same. */
  | { readonly kind: 'begun'; readonly seed: Buffer }
  | { readonly kind: 'under_way'; readonly leftMs: number }
  | { readonly kind: 'answered'; readonly answer: RememberedAnswer }
  /** The name stands for another request. */
  | { readonly kind: 'other' };

export interface Idempotency {
  begin(request: RepeatableRequest, undertaking: Undertaking): Promise<Beginning>;
  /** Null where nothing is to be remembered: then the same request may be made again. */
  settle(
    request: RepeatableRequest,
    claim: Undertaking['claim'],
    answer: RememberedAnswer | null,
  ): Promise<void>;
}

const keptMs = 24 * 3600_000;
/** Longer than an ordinary answer takes; whoever died leaves it to the next after that. */
const usualClaimMs = 10_000;

/** Seeds and answers may hold or make secrets, so they lie sealed. */
export function createIdempotency(
  connection: Connection,
  seal: Seal,
  claimMs = usualClaimMs,
): Idempotency {
  return {
    async begin(request, { claim, seed }) {
      const entry = entryOf(request);
      const context = sealContext(entry);
      const sealedSeed = seal.seal(seed.toString('base64'), context);
      const reply = await connection.run('claim-request', {
        keys: [idempotencyKey(entry)],
        args: [fingerprint(request), claim, sealedSeed, claimMs, keptMs],
      });
      const [kind, value] = reply as [Beginning['kind'], string | number];
      switch (kind) {
        case 'begun':
          return { kind, seed: Buffer.from(seal.open(String(value), context), 'base64') };
        case 'answered':
          return {
            kind,
            answer: answerSchema.parse(JSON.parse(seal.open(String(value), context))),
          };
        case 'under_way':
          return { kind, leftMs: Number(value) };
        case 'other':
          return { kind };
      }
    },
    async settle(request, claim, answer) {
      const entry = entryOf(request);
      const sealed = answer === null ? '' : seal.seal(JSON.stringify(answer), sealContext(entry));
      const call = { keys: [idempotencyKey(entry)], args: [claim, sealed, keptMs] };
      await connection.run('settle-request', call);
    },
  };
}

/** By a digest: what a caller chose as a name stands in no key of Redis. */
function entryOf({ keyId, name }: RepeatableRequest): string {
  return createHash('sha256').update(`${keyId} ${name}`).digest('hex');
}

/** The name is in it, so that a body which holds little to guess is not guessed by its digest. */
function fingerprint({ keyId, name, content }: RepeatableRequest): string {
  const prefix = `${keyId} ${name}\n`;
  return createHash('sha256').update(prefix).update(content).digest('base64');
}

function sealContext(entry: string): string {
  return `the idempotent request ${entry}`;
}
