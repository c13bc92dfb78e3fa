import { html } from 'hono/html';
import { HTTPException } from 'hono/http-exception';
import { type Problem, RefusalError } from './api-client.ts';
import type { Html } from './components.ts';

/** A refusal of the dashboard's own, said the way the API says its own. */
export function forbidden(detail: string): RefusalError {
  return new RefusalError({ status: 403, title: 'Refused', detail, errors: [] });
}

/** What was refused, by the API or on the way to it; null of a surprise. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof RefusalError) return error.problem;
  if (!(error instanceof HTTPException)) return null;
  const { status, message } = error;
  return { status, title: 'Refused', detail: message, errors: [] };
}

interface RefusalWords {
  readonly heading: string;
  readonly explanation: string;
  readonly advice: string;
}

/** What happened, in the words of a page: the heading says it, the API's own sentence explains it, and what to do follows. */
export function refusalWords({ status, detail }: Problem): RefusalWords {
  return { explanation: detail, ...(byStatus[status] ?? unforeseen) };
}

const unforeseen = {
  heading: 'This did not work',
  advice: 'Try it again. If it stays so, the log of the service says more.',
};

const byStatus: Readonly<Record<number, Omit<RefusalWords, 'explanation'>>> = {
  400: {
    heading: 'This does not fit',
    advice: 'Go back, change what is named, and send it again.',
  },
  403: {
    heading: 'Not with this key',
    advice: 'Sign in with a key that may do this; an admin can make one.',
  },
  404: {
    heading: 'There is nothing here',
    advice: 'It may have been deleted, or its time may be over. The lists show what there is.',
  },
  409: {
    heading: 'Something else came first',
    advice: 'Look at it as it is now, and decide again.',
  },
  412: {
    heading: 'It was changed meanwhile',
    advice: 'Look at it as it is now, and decide again.',
  },
  413: { heading: 'This is too large', advice: 'Send less.' },
  429: { heading: 'Too much at once', advice: 'Wait a minute, then try again.' },
  500: unforeseen,
  503: {
    heading: 'This cannot be shown now',
    advice:
      'This page tries again by itself. Nothing is lost: what was noticed lies in Redis, and everything goes on from there.',
  },
};

export function refusalBody(problem: Problem): Html {
  const { heading, explanation, advice } = refusalWords(problem);
  const errors = problem.errors.map(
    ({ path, message }) => html`<li><code>${path}</code> ${message}</li>`,
  );
  return html`<h1>${heading}</h1>
<p>${explanation}</p>
${errors.length === 0 ? '' : html`<ul>${errors}</ul>`}
<p>${advice}</p>
<p><a href="/">To the overview</a></p>`;
}
