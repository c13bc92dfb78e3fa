import { html } from 'hono/html';
import { filterTestAnswerSchema } from '#api/filter-test.ts';
import { hasScope } from '#domain/api-key.ts';
import type { Problem } from './api-client.ts';
import { type Html, notice } from './components.ts';
import type { DashboardContext } from './env.ts';
import { type FieldErrors, textOf } from './fields.ts';
import type { FilterTest } from './filter-preview.ts';
import {
  bodyOf,
  filterTestOf,
  newInput,
  readInput,
  type SubscriptionInput,
  wishText,
} from './subscription-input.ts';

/** What a form is filled with, and how it went until now. */
export interface Draft {
  readonly input: SubscriptionInput;
  readonly errors: FieldErrors;
  /** Above everything: what is no matter of one field. */
  readonly notice: Html | null;
  readonly tested: FilterTest | null;
  /** What was tried already: it need not be tried again. */
  readonly tried: string;
  /** Of a new one: this form's own name. Of a change: what was read, for `If-Match`. */
  readonly token: string;
}

export const fresh = { errors: [], notice: null, tested: null, tried: '' };

type Review =
  | { readonly kind: 'again'; readonly status: number; readonly draft: Omit<Draft, 'token'> }
  | {
      readonly kind: 'ready';
      readonly input: SubscriptionInput;
      readonly body: Readonly<Record<string, unknown>>;
    };

/** A filter is shown at work before it is saved; for a key that may see no events the API's own check has to do. */
export async function reviewInput(
  c: DashboardContext,
  sent: Readonly<Record<string, unknown>>,
): Promise<Review> {
  const input = readInput(sent);
  const read = bodyOf(input);
  if (read.kind === 'unclear') {
    return { kind: 'again', status: 400, draft: { ...fresh, input, errors: read.errors } };
  }
  const { body } = read;
  const isTrying = sent.intent === 'try';
  const isUntried = body.filter !== null && textOf(sent.tried) !== wishText(input);
  const maySee = hasScope(c.get('signedIn').principal, ['read']);
  if (!isTrying && !(isUntried && maySee)) return { kind: 'ready', input, body };
  if (body.filter === null) {
    const sentence = notice('idle', 'Without a filter every event of these types is sent.');
    return { kind: 'again', status: 200, draft: { ...fresh, input, notice: sentence } };
  }
  const path = '/v1/subscriptions/test-filter';
  const test = await c.get('api').ask('POST', path, filterTestAnswerSchema, filterTestOf(body));
  if (test.kind === 'refused') {
    return { kind: 'again', status: test.problem.status, draft: refused(input, test.problem, '') };
  }
  const look = isTrying
    ? null
    : notice(
        'idle',
        html`Not saved yet: look at <a href="#filter-part">what the filter does</a>, then save.`,
      );
  return {
    kind: 'again',
    status: 200,
    draft: { ...fresh, input, tested: test.value, tried: wishText(input), notice: look },
  };
}

const inputNames = new Set([...Object.keys(newInput)]);

/** Each error at its field; what has none stands above. */
export function refused(
  input: SubscriptionInput,
  { detail, errors }: Problem,
  tried = wishText(input),
): Omit<Draft, 'token'> {
  const homeless = errors.filter(({ path }) => !inputNames.has(path.split('.')[0] ?? ''));
  const atFields = errors.filter((error) => !homeless.includes(error));
  const words =
    errors.length === 0
      ? detail
      : [
          'It was not saved; each field says why.',
          ...homeless.map(({ path, message }) => `${path} ${message}.`),
        ].join(' ');
  return { ...fresh, input, errors: atFields, notice: notice('bad', words), tried };
}

/** What a form sends of its draft besides what is seen. */
export function hiddenOf({ token, tried }: Draft): Record<string, string> {
  return { token, tried };
}
