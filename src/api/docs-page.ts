import { html, raw } from 'hono/html';
import {
  type Answer,
  answerOf,
  type FieldRow,
  fieldRow,
  fieldRows,
  type ListedOperation,
  operationsByTag,
  type Parameter,
  type ReferenceDocument,
  type SchemaNode,
  schemaName,
} from './docs-document.ts';
import { exampleCall } from './docs-example.ts';
import { pageStyle } from './docs-style.ts';

type Html = ReturnType<typeof html>;

/** The whole reference as one page without scripts, so that it reads the same beside no network at all. */
export function renderPage(document: ReferenceDocument): Html {
  const { info, components } = document;
  const byTag = [...operationsByTag(document)];
  const schemas = Object.entries(components?.schemas ?? {});
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} API</title>
<style>${raw(pageStyle)}</style>
</head>
<body>
<nav>
<p><a class="title" href="#top">${info.title}</a> ${info.version}</p>
${byTag.map(([tag, operations]) => html`<h2>${tag}</h2><ul>${operations.map(renderLink)}</ul>`)}
<h2>Schemas</h2>
<ul>${schemas.map(([name]) => html`<li>${schemaLink(name)}</li>`)}</ul>
</nav>
<main id="top">
<h1>${info.title} API</h1>
<p>${renderText(info.description ?? '')} The same as a document for programs: <a href="/openapi.json">openapi.json</a>.</p>
<p>Everything under <code>/v1</code> wants the header <code>Authorization: Bearer KEY</code>. Times are ISO 8601 in UTC.
Errors are <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a> problems, see ${schemaLink('Problem')}.</p>
${byTag.map(([tag, operations]) => html`<h2>${tag}</h2>${renderTag(document, tag)}${operations.map((each) => renderOperation(document, each))}`)}
<h2>Schemas</h2>
${schemas.map(([name, schema]) => renderSchema(name, schema))}
</main>
</body>
</html>`;
}

function renderTag({ tags = [] }: ReferenceDocument, name: string): Html {
  const description = tags.find((each) => each.name === name)?.description;
  return description === undefined ? html`` : html`<p>${renderText(description)}</p>`;
}

function renderLink({ id, method, operation }: ListedOperation): Html {
  return html`<li><a href="#${id}">${operation.summary ?? id}</a> ${renderMethod(method)}</li>`;
}

function renderMethod(method: string): Html {
  return html`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

function renderOperation(document: ReferenceDocument, listed: ListedOperation): Html {
  const { id, method, path, operation } = listed;
  const { summary, description, security, parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).map(
    ([status, answer]): NamedAnswer => [status, answerOf(document, answer)],
  );
  const example = exampleCall(document, listed);
  const { schema: body, example: sent } = requestBody?.content['application/json'] ?? {};
  return html`
<section id="${id}">
<h3>${summary ?? ''}</h3>
<p class="address">${renderMethod(method)} <code>${path.startsWith('/') ? path : 'the url of the subscription'}</code></p>
${description === undefined ? '' : html`<p>${renderText(description)}</p>`}
${security === undefined ? '' : renderScopes(security.flatMap((each) => Object.values(each).flat()))}
${Object.entries(places).map(([place, title]) => renderRows(title, parameterRows(parameters, place)))}
${body === undefined ? '' : html`<h4>Body</h4><p>${renderReference(body)}${requestBody?.required ? '' : ', or none'}</p>${example === null ? renderExample(sent) : ''}`}
<h4>Answers</h4>
<ul class="answers">${answers.filter((answer) => !isProblem(answer)).map(renderAnswer)}${renderProblems(answers.filter(isProblem))}</ul>
${example === null ? '' : html`<h4>Try it</h4><pre><code>${example}</code></pre>`}
</section>`;
}

const places = { path: 'Path', query: 'Query', header: 'Headers' };

function parameterRows(parameters: readonly Parameter[], place: string): FieldRow[] {
  const standing = parameters.filter((each) => each.in === place);
  return standing.map(({ name, description, schema, required = false }) => {
    const row = fieldRow(name, schema, required);
    const isSaid = description === undefined || row.notes.startsWith(description);
    return isSaid ? row : { ...row, notes: `${description} ${row.notes}` };
  });
}

function renderScopes(scopes: readonly string[]): Html {
  return html`<p class="scopes">Open to keys with the scope ${scopes.map((scope, index) => html`${index === 0 ? '' : ' or '}<code>${scope}</code>`)}.</p>`;
}

type NamedAnswer = [status: string, answer: Answer];

function isProblem([, { content = {} }]: NamedAnswer): boolean {
  return content['application/problem+json'] !== undefined;
}

function renderAnswer([status, { description, content = {} }]: NamedAnswer): Html {
  const bodies = Object.values(content);
  return html`<li>${renderStatus(status)} ${renderText(description)}
${bodies.map(({ schema, example }) => html` ${renderReference(schema)}${renderExample(example)}`)}</li>`;
}

/** Folded away, for it is long; what is no object says no more than its schema. */
function renderExample(example: unknown): Html {
  if (typeof example !== 'object' || example === null) return html``;
  return html`<details><summary>Example</summary><pre><code>${JSON.stringify(example, null, 2)}</code></pre></details>`;
}

function renderProblems(problems: readonly NamedAnswer[]): Html {
  if (problems.length === 0) return html``;
  return html`<li>${problems.map(([status]) => html`${renderStatus(status)} `)}${schemaLink('Problem')}
<details><summary>What they say</summary><ul>${problems.map(renderProblem)}</ul></details></li>`;
}

function renderProblem([status, { content = {} }]: NamedAnswer): Html {
  const details = Object.values(content).map(
    ({ example }) => (example as Said | undefined)?.detail,
  );
  return html`<li>${renderStatus(status)} ${details.map((detail) => renderText(detail ?? ''))}</li>`;
}

interface Said {
  readonly detail?: string;
}

function renderStatus(status: string): Html {
  return html`<code class="status s${status.slice(0, 1)}">${status}</code>`;
}

/** A schema by its name if it has one, by its fields otherwise. */
function renderReference(schema: SchemaNode): Html {
  const name = schemaName(schema);
  if (name !== null) return schemaLink(name);
  return renderRows('', fieldRows(schema));
}

function renderSchema(name: string, schema: SchemaNode): Html {
  const bases = (schema.allOf ?? []).map(schemaName).filter((base) => base !== null);
  return html`
<section id="schema-${name}">
<h3>${name}</h3>
${schema.description === undefined ? '' : html`<p>${renderText(schema.description)}</p>`}
${bases.map((base) => html`<p>All of ${schemaLink(base)}, and:</p>`)}
${renderRows('', fieldRows(schema))}
</section>`;
}

function renderRows(title: string, rows: readonly FieldRow[]): Html {
  if (rows.length === 0) return html``;
  return html`${title === '' ? '' : html`<h4>${title}</h4>`}
<table><tbody>${rows.map(renderRow)}</tbody></table>`;
}

function renderRow({ name, type, required, notes, refersTo }: FieldRow): Html {
  const typeCell = refersTo === null ? type : html`<a href="#schema-${refersTo}">${type}</a>`;
  return html`<tr><th scope="row"><code>${name}</code>${required ? html` <em>required</em>` : ''}</th>
<td><span class="type">${typeCell}</span>${notes === '' ? '' : html`<br>${renderText(notes)}`}</td></tr>`;
}

function schemaLink(name: string): Html {
  return html`<a href="#schema-${name}">${name}</a>`;
}

/** Descriptions set code in backquotes. */
function renderText(text: string): Html {
  const parts = text.split('`');
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}
