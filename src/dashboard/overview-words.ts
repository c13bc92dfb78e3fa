import type { Overview } from '#api/overview-schema.ts';
import type { Tone } from './components.ts';
import { ageWords, countWords, numberWords } from './words.ts';

/** One of the two great questions, answered. */
export interface Verdict {
  readonly tone: Tone;
  /** A word or two. */
  readonly answer: string;
  /** A sentence. */
  readonly because: string;
}

export function isSeenWords({ sources }: Overview): Verdict {
  const { watching, baselining, paused, failing, oldestUnverifiedSeconds } = sources;
  if (failing > 0) {
    const because = `${countWords(failing, 'inbox', 'inboxes')} ${failing === 1 ? 'does' : 'do'} not answer as ${failing === 1 ? 'it' : 'they'} should. Nothing is lost that the inbox still shows later.`;
    return { tone: 'bad', answer: 'No', because };
  }
  if (baselining > 0) {
    const because = `${countWords(baselining, 'inbox', 'inboxes')} ${baselining === 1 ? 'is' : 'are'} read for the first time. New contacts are announced meanwhile.`;
    return { tone: 'idle', answer: 'Not yet', because };
  }
  if (watching === 0) {
    const because =
      paused > 0
        ? 'Every source is paused, so no inbox is asked.'
        : 'No inbox is connected. Connect one with INBOX_API_TOKEN or over the API.';
    return { tone: paused > 0 ? 'warn' : 'idle', answer: 'Nothing is watched', because };
  }
  const because =
    oldestUnverifiedSeconds === null
      ? 'Not everyone was read yet.'
      : `Everyone was read within ${ageWords(oldestUnverifiedSeconds)}.`;
  return oldestUnverifiedSeconds === null
    ? { tone: 'idle', answer: 'Not yet', because }
    : { tone: 'good', answer: 'Yes', because };
}

export function isDeliveredWords(overview: Overview, nowMs: number): Verdict {
  const { subscriptions, deliveries, oldestWaitingAt } = overview;
  const { active, failing, paused, disabled } = subscriptions;
  const open = deliveries.waiting + deliveries.held + deliveries.retrying;
  if (active + failing + paused + disabled === 0) {
    const because = 'Nobody has subscribed yet, so nothing is sent.';
    return { tone: 'idle', answer: 'Nobody listens', because };
  }
  if (open === 0) return nothingWaits(deliveries);
  const age = oldestWaitingAt === null ? null : (nowMs - Date.parse(oldestWaitingAt)) / 1000;
  const oldest = age === null ? '' : `, the oldest for ${ageWords(age)}`;
  const { retrying } = deliveries;
  const retried =
    retrying === 0
      ? ''
      : ` ${numberWords(retrying)} of them ${retrying === 1 ? 'is' : 'are'} tried again.`;
  const because = `${countWords(open, 'delivery waits', 'deliveries wait')}${oldest}.${retried}`;
  if (failing === 0 && disabled === 0) return { tone: 'good', answer: 'On its way', because };
  const tone = disabled > 0 ? 'bad' : 'warn';
  return { tone, answer: 'Not everything', because };
}

/** What was given up was not delivered, however quiet it is now. */
function nothingWaits({ failed, expired }: Overview['deliveries']): Verdict {
  const lost = failed + expired;
  if (lost === 0) return { tone: 'good', answer: 'Yes', because: 'Nothing waits.' };
  const because = `Nothing waits, but ${countWords(lost, 'delivery was', 'deliveries were')} given up. What failed can be replayed: see its subscription.`;
  return { tone: 'warn', answer: `All but ${numberWords(lost)}`, because };
}
