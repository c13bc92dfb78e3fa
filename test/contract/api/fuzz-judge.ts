import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  type ApiDocument,
  type Documented,
  findOperation,
  strictly,
} from './documented-answers.ts';

export interface Judged {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: unknown;
}

/** Refusals that come before it is known whether an address leads anywhere. */
const beforeAnyRoute = [400, 401, 404, 405, 413, 422, 429, 409];

/** Says what an answer breaks of what the document promises; null where it keeps all of it. */
export function createJudge(document: ApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  const compiled = new Map<string, ValidateFunction>();
  const mismatch = (schema: object, value: unknown): string | null => {
    const text = JSON.stringify(schema);
    const validate = compiled.get(text) ?? ajv.compile(strictly(document, schema));
    compiled.set(text, validate);
    return validate(value) ? null : ajv.errorsText(validate.errors, { dataVar: 'body' });
  };
  const problem = document.components.schemas.Problem ?? {};

  function judgeBody(type: string, schema: object, answer: Judged): string | null {
    const shown = answer.headers.get('content-type')?.split(';')[0];
    if (shown !== type) return `the content type is ${shown}, not ${type}`;
    return mismatch(schema, type.includes('json') ? answer.json : answer.text);
  }

  function judgeHeaders(documented: Documented['responses'][string], { headers }: Judged) {
    for (const [name, { required = false, schema }] of Object.entries(documented.headers ?? {})) {
      const found = headers.get(name);
      if (found === null && required) return `the header ${name} is missing`;
      const isNumber = (schema as { type?: string }).type === 'integer';
      if (found !== null && isNumber && !/^\d+$/.test(found)) return `${name} is ${found}`;
    }
    return null;
  }

  function judgeElsewhere(answer: Judged): string | null {
    if (beforeAnyRoute.includes(answer.status)) {
      return judgeBody('application/problem+json', problem, answer);
    }
    return 'an answer from an address that is not documented';
  }

  return (method: string, path: string, answer: Judged): string | null => {
    const { status, text } = answer;
    if (status >= 500) return 'the server failed';
    const operation = findOperation(document, method, path);
    if (operation === null) return judgeElsewhere(answer);
    const documented = operation.documented.responses[status];
    if (documented === undefined) return `the status ${status} is not documented`;
    const [content] = Object.entries(documented.content ?? {});
    if (content === undefined && text !== '') return 'there is a body';
    const complaint = judgeHeaders(documented, answer);
    if (complaint !== null || content === undefined) return complaint;
    return judgeBody(content[0], content[1].schema, answer);
  };
}
