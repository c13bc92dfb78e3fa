import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EventPosition, listEvents } from '#api/event-listing.ts';
import type { ChangeEvent } from '#domain/change-event.ts';
import type { EventWishes, LoggedEvent } from '#store/event-log.ts';
import { compareLogIds, type LogId } from '#store/log-id.ts';
import { makeEvent } from '../../support/stage.ts';

const everything = { type: null, contact: null };

function isAtOrAfter({ logId }: LoggedEvent, before: LogId): boolean {
  return compareLogIds(logId, before) >= 0;
}

/** Logs in memory, the oldest first, which count how many entries were handed out. */
function createLogs(entries: Readonly<Record<string, LoggedEvent[]>>) {
  const logs = {
    entries,
    handedOut: 0,
    async readBefore(
      source: string,
      before: LogId | null,
      count: number,
      { contact }: EventWishes,
    ) {
      const log = entries[source] ?? [];
      const end = before === null ? -1 : log.findIndex((each) => isAtOrAfter(each, before));
      const upTo = end === -1 ? log.length : end;
      const found = log.slice(Math.max(0, upTo - count), upTo).reverse();
      logs.handedOut += found.length;
      const isMeant = ({ data }: ChangeEvent) => contact === null || data.contact?._id === contact;
      return found.map(({ logId, event }) => ({ logId, event: isMeant(event) ? event : null }));
    },
  };
  return logs;
}

async function readAll(
  logs: ReturnType<typeof createLogs>,
  limit: number,
  betweenPages: () => void = () => {},
  wishes: EventWishes = everything,
) {
  const pages: string[][] = [];
  let from: EventPosition | null = null;
  do {
    const sources = Object.keys(logs.entries);
    const listed = await listEvents(logs, sources, wishes, { from, limit });
    pages.push(listed.events.map(({ id }) => id));
    from = listed.next;
    betweenPages();
  } while (from !== null);
  return pages;
}

const logIds = fc.uniqueArray(
  fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 3 })),
  { selector: ([ms, number]) => `${ms}-${number}`, maxLength: 12 },
);

function byAge([leftMs, left]: [number, number], [rightMs, right]: [number, number]): number {
  return leftMs - rightMs || left - right;
}

test('pages over several logs hold each event once, the newest first, while new ones come', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(logIds, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (shapes, limit) => {
        let number = 0;
        const add = (ms: number, serial: number) => {
          number += 1;
          return { logId: `${ms}-${serial}`, event: makeEvent(number) };
        };
        const entries = Object.fromEntries(
          shapes.map((shape, index) => [
            `source-${index}`,
            shape.sort(byAge).map((id) => add(...id)),
          ]),
        );
        const before = Object.values(entries).flat();
        const expected = [...before].sort((left, right) => compareLogIds(right.logId, left.logId));
        const pages = await readAll(createLogs(entries), limit, () => {
          for (const log of Object.values(entries)) log.push(add(1000 + number, 0));
        });
        const seen = pages.flat();
        expect(new Set(seen).size).toBe(seen.length);
        expect([...seen].sort()).toEqual(before.map(({ event }) => event.id).sort());
        const order = seen.map((id) => expected.find(({ event }) => event.id === id)?.logId);
        expect(order).toEqual(expected.map(({ logId }) => logId));
      },
    ),
  );
});

test('two logs that share a log id are told apart where one page ends', async () => {
  const same = (number: number) => [{ logId: '5-0', event: makeEvent(number) }];
  const logs = createLogs({ east: same(1), north: same(2), west: same(3) });
  const pages = await readAll(logs, 1);
  expect(pages).toHaveLength(3);
  expect(new Set(pages.flat()).size).toBe(3);
});

test('a rare event in a long log ends the page early and is found by going on', async () => {
  const count = 25_000;
  const log = Array.from({ length: count }, (_, index) => ({
    logId: `${index + 1}-0`,
    event: makeEvent(index),
  }));
  const logs = createLogs({ default: log });
  const wishes = { type: null, contact: 'contact-3' };
  const first = await listEvents(logs, ['default'], wishes, { from: null, limit: 50 });
  expect(first.events).toEqual([]);
  expect(first.next).not.toBeNull();
  expect(logs.handedOut).toBeLessThanOrEqual(10_500);
  const pages = await readAll(logs, 50, () => {}, wishes);
  expect(pages.flat()).toEqual([makeEvent(3).id]);
  expect(pages).toHaveLength(3);
});

test('a page without a filter reads little more than it shows', async () => {
  const log = Array.from({ length: 1000 }, (_, index) => ({
    logId: `${index + 1}-0`,
    event: makeEvent(index),
  }));
  const logs = createLogs({ default: log });
  await listEvents(logs, ['default'], everything, { from: null, limit: 10 });
  expect(logs.handedOut).toBe(11);
});

test('a page goes no further than its end, and reads little beyond it', async () => {
  const log = Array.from({ length: 1000 }, (_, index) => ({
    logId: `${index + 1}-0`,
    event: makeEvent(index),
  }));
  const logs = createLogs({ default: log });
  const until = { logId: '997-0', source: 'default' };
  const span = { from: null, until, limit: 10 };
  const listed = await listEvents(logs, ['default'], everything, span);
  expect(listed.events.map(({ id }) => id)).toEqual([999, 998, 997].map((n) => makeEvent(n).id));
  expect(listed.next).toBeNull();
  expect(logs.handedOut).toBe(11);
});
