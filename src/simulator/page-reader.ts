import type { SimulatedContact } from './contact.ts';
import { findPage } from './listing.ts';
import type { Population } from './population.ts';
import type { Question } from './question.ts';
import { createRandom, type Random } from './random.ts';
import { createRecordTexts } from './record-texts.ts';
import type { Lists } from './roster.ts';
import type { SimulatorSettings } from './settings.ts';

type Contact = Readonly<SimulatedContact>;

/** Answers questions from the population, as truly as the settings allow. */
export interface PageReader {
  /** The page's records as JSON. */
  read(question: Question, nowMs: number): string[];
  /** From now on. */
  setPageSize(pageSize: number): void;
}

export function createPageReader(settings: SimulatorSettings, population: Population): PageReader {
  const { lies, seed } = settings;
  const random = createRandom(seed, 5);
  const textOf = createRecordTexts(seed, lies.stampsInSeconds);
  let { pageSize } = settings;

  function find(lists: Lists, question: Question, nowMs: number): readonly Contact[] {
    const ask = (page: number, size: number) =>
      findPage({ ...settings, pageSize: size }, lists, { ...question, page }, nowMs);
    const all = () => ask(1, Number.MAX_SAFE_INTEGER);
    const page = lies.ignoresPage ? 1 : question.page;
    const skip = (page - 1) * pageSize;
    if (lies.shuffles) return shuffled(random, all()).slice(skip, skip + pageSize);
    const found = ask(page, pageSize);
    if (found.length > 0 || lies.pastEnd === 'empty') return found;
    return ask(Math.max(1, Math.ceil(all().length / pageSize)), pageSize);
  }

  function readContacts(question: Question, nowMs: number): readonly Contact[] {
    if (lies.indexLagMs === 0) return find(population.lists, question, nowMs);
    // What the index still has, and the inbox no more, leaves a gap.
    const found = find(population.listsBehind(lies.indexLagMs), question, nowMs);
    return found.flatMap(({ id }) => population.find(id) ?? []);
  }

  return {
    read(question, nowMs) {
      const isStale = random.isLucky(lies.staleAnswers);
      const asOfMs = isStale ? nowMs - lies.staleMs : nowMs;
      const contacts = isStale
        ? find(population.listsBehind(lies.staleMs), question, asOfMs)
        : readContacts(question, nowMs);
      const texts = thinOut(random, lies, contacts).map((contact) => textOf(contact, asOfMs));
      if (lies.brokenRecords === 0) return texts;
      return texts.map((text) =>
        random.isLucky(lies.brokenRecords) ? broken(random, text) : text,
      );
    },
    setPageSize(size) {
      pageSize = size;
    },
  };
}

function thinOut(
  random: Random,
  { emptyPages, shortPages }: SimulatorSettings['lies'],
  page: readonly Contact[],
): readonly Contact[] {
  if (random.isLucky(emptyPages)) return [];
  if (!random.isLucky(shortPages)) return page;
  const unlucky = random.integer(0, page.length - 1);
  return page.filter((_, index) => index !== unlucky && !random.isLucky(0.2));
}

function shuffled<T>(random: Random, all: readonly T[]): T[] {
  const keyed = all.map((one) => ({ one, key: random.next() }));
  return keyed.sort((a, b) => a.key - b.key).map(({ one }) => one);
}

/** The record without what it needs, or nothing like a record. */
function broken(random: Random, text: string): string {
  const how = random.pick(['_id', 'status', 'createdAt', 'null', 'string'] as const);
  if (how === 'null') return 'null';
  if (how === 'string') return JSON.stringify('[object Object]');
  const { [how]: _lost, ...rest } = JSON.parse(text) as Record<string, unknown>;
  return JSON.stringify(rest);
}
