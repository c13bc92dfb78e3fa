/** What this API's own rules look at in the document. */
interface Judged {
  readonly operationId?: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly content?: Readonly<Record<string, Media>>;
        readonly headers?: Readonly<Record<string, unknown>>;
      }
    >
  >;
}
interface Media {
  readonly schema?: { readonly properties?: Readonly<Record<string, unknown>> };
  readonly example?: unknown;
}

type Judge<T> = (judged: T) => string[];

/** A rule of Spectral's over all that `given` finds. */
function rule<T>(given: string | string[], judge: Judge<T>) {
  const judgeAll = (judged: T) => judge(judged).map((message) => ({ message }));
  // biome-ignore lint/suspicious/noThenProperty: so Spectral names it; nobody awaits a rule.
  return { given, severity: 0 as const, resolved: true, then: { function: judgeAll as never } };
}

const everyOperation = '$.paths[*][get,post,patch,put,delete]';
const v1 = "$.paths[?(@property.startsWith('/v1/'))]";

const mustAnswer = (...statuses: readonly number[]) =>
  rule<Judged>(`${v1}[get,post,patch,delete]`, missingAnswers(statuses));

function missingAnswers(statuses: readonly number[]): Judge<Judged> {
  return ({ responses }) =>
    statuses
      .filter((status) => responses[status] === undefined)
      .map((status) => `must say how it answers ${status}`);
}

/** Names that the inbox has chosen begin with an underscore; one is that of resthooks.org. */
const houseName = /^(_?[a-z][a-zA-Z0-9]*|target_url)$/;

export const houseRules = {
  // It knows scopes of OAuth alone; since OpenAPI 3.1 every scheme may name what it takes, and a test holds each route to it.
  'oas3-operation-security-defined': 'off' as const,
  'house-refusals': mustAnswer(400, 401, 403, 429, 500, 503),
  'house-bodies': rule<Judged>(`${v1}[post,patch]`, missingAnswers([413, 415])),
  'house-idempotency': rule<Judged>(`${v1}.post`, (operation) => [
    ...missingAnswers([409, 422])(operation),
    ...missingParameters(['idempotency-key'])(operation),
  ]),
  'house-tags': rule<Judged>(`${v1}.patch`, (operation) => [
    ...missingAnswers([412])(operation),
    ...missingParameters(['if-match'])(operation),
    ...missingTag(operation),
  ]),
  'house-lists': rule<Judged>(`${v1}.get`, (operation) =>
    operation.operationId?.startsWith('list')
      ? [...missingParameters(['limit', 'cursor'])(operation), ...notPaged(operation)]
      : [],
  ),
  'house-examples': rule<Judged>(everyOperation, missingExamples),
  'house-problems': rule<Judged>(everyOperation, notProblems),
  'house-names': rule<Readonly<Record<string, unknown>>>(
    '$.components.schemas..properties',
    (properties) =>
      Object.keys(properties)
        .filter((name) => !houseName.test(name))
        .map((name) => `${name} must be written in camelCase`),
  ),
  'house-operations': rule<Judged>(everyOperation, ({ operationId = '' }) =>
    houseName.test(operationId) ? [] : ['must have an operationId in camelCase'],
  ),
};

function missingParameters(names: readonly string[]): Judge<Judged> {
  return ({ parameters = [] }) =>
    names
      .filter((name) => !parameters.some((each) => each.name.toLowerCase() === name))
      .map((name) => `must take ${name}`);
}

function missingTag({ responses }: Judged): string[] {
  return responses['200']?.headers?.ETag === undefined ? ['must answer with an ETag'] : [];
}

function notPaged({ responses }: Judged): string[] {
  const { schema } = responses['200']?.content?.['application/json'] ?? {};
  const names = Object.keys(schema?.properties ?? {});
  return names.join() === 'data,next' ? [] : ['must answer with data and next'];
}

function missingExamples({ requestBody, responses }: Judged): string[] {
  const lacks = (content: Readonly<Record<string, Media>> = {}) =>
    Object.values(content).some(({ example }) => example === undefined);
  const answers = Object.entries(responses).filter(([, { content }]) => lacks(content));
  return [
    ...(lacks(requestBody?.content) ? ['must show what is sent'] : []),
    ...answers.map(([status]) => `must show an answer of ${status}`),
  ];
}

function notProblems({ responses }: Judged): string[] {
  return Object.entries(responses)
    .filter(([status]) => Number(status) >= 400)
    .filter(([, { content = {} }]) => Object.keys(content).join() !== 'application/problem+json')
    .map(([status]) => `must answer ${status} with a problem`);
}
