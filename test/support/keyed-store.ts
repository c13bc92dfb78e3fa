import { randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from '#store/connection.ts';
import { openStore, type Store } from '#store/open-store.ts';
import { createSeal } from '#store/sealed.ts';

/** As `ENCRYPTION_KEY` lists them; `old` is what `openStore` of the stage seals with. */
const encryptionKeys = {
  old: Buffer.alloc(32, 7),
  new: Buffer.alloc(32, 8),
  foreign: Buffer.alloc(32, 9),
} as const;
export type KeyName = keyof typeof encryptionKeys;

/** The store of a process with these keys. */
export function openKeyedStore(connection: Connection, ...names: KeyName[]): Store {
  const keys = names.map((name) => encryptionKeys[name]);
  return openStore(connection, createSeal(keys, randomBytes), randomUUID);
}
