import { html } from 'hono/html';
import { hasScope, type Principal } from '#domain/api-key.ts';
import { address } from './api-client.ts';
import { badge, code, type Html, moment } from './components.ts';
import {
  type Attempt,
  attemptWords,
  type Delivery,
  type Phase,
  phasesOf,
} from './delivery-words.ts';
import type { ViewContext } from './view-context.ts';

/** Every attempt of one delivery, the latest first, and when the next one is made. */
export function attemptList(
  attempts: readonly Attempt[],
  nextAttemptAt: string | null,
  { nowMs }: Pick<ViewContext, 'nowMs'>,
): Html {
  const next =
    nextAttemptAt === null
      ? ''
      : html`<p class="next-attempt">${nextWords(nextAttemptAt, nowMs)}</p>`;
  if (attempts.length === 0) {
    return html`${next}<p class="soft">No attempt was made yet.</p>`;
  }
  return html`${next}<ol class="attempts">${[...attempts]
    .reverse()
    .map((attempt) => html`<li>${viewAttempt(attempt, nowMs)}</li>`)}</ol>`;
}

function nextWords(nextAttemptAt: string, nowMs: number): Html {
  return Date.parse(nextAttemptAt) <= nowMs
    ? html`The next attempt is due now.`
    : html`The next attempt is made ${moment(nextAttemptAt, nowMs)}.`;
}

/** Whom a delivery is about: a link for who may see contacts. */
export function aboutLink({ contact, source }: Delivery, principal: Principal): Html {
  if (contact === null) return html`nobody`;
  if (!hasScope(principal, ['read'])) return html`${contact}`;
  return html`<a href="${address`/contacts/${source}/${contact}`}">${contact}</a>`;
}

function viewAttempt(attempt: Attempt, nowMs: number): Html {
  const { tone, word, meaning } = attemptWords(attempt);
  const { at, durationMs, response = '' } = attempt;
  return html`<p class="attempt-head">${badge(tone, word)}
<span class="soft">${moment(at, nowMs)}, ${msWords(durationMs)}</span></p>
<p>${meaning}</p>
${phaseBar(phasesOf(attempt))}
${response === '' ? '' : html`<p class="soft">What it answered, as far as it is kept:</p>${code(response)}`}`;
}

/** A bar whose parts are as wide as they took, with the same in words below. */
function phaseBar(phases: readonly Phase[]): Html {
  const total = phases.reduce((sum, { ms }) => sum + ms, 0);
  if (total === 0) return html``;
  let x = 0;
  const parts = phases.map(({ name, ms }) => {
    const from = x;
    x += (ms / total) * 1000;
    return html`<rect class="${name}" x="${from.toFixed(1)}" width="${(x - from).toFixed(1)}" height="10"/>`;
  });
  const words = phases.map(
    ({ name, label, ms }) =>
      html`<li><span class="swatch ${name}" aria-hidden="true"></span>${label} ${msWords(ms)}</li>`,
  );
  return html`<svg class="phases" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${parts}</svg>
<ul class="phase-words" aria-label="What took how long">${words}</ul>`;
}

function msWords(ms: number): string {
  if (ms < 1) return 'under 1 ms';
  return ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(1))} s`;
}
