import { html } from 'hono/html';
import type { Html } from './components.ts';

/** What is wrong with a form, by the path of each field. */
export type FieldErrors = readonly { readonly path: string; readonly message: string }[];

export interface Field {
  /** Its name in the form and in the API. */
  readonly name: string;
  readonly label: string;
  readonly help?: Html | string;
  readonly errors: FieldErrors;
  /** Gets the attributes that tie it to its label, its help and its errors. */
  readonly control: (attributes: Html) => Html;
}

/** A label, its control, and below it what helps and what is wrong. */
export function field({ name, label, help, errors, control }: Field): Html {
  const own = errorsOf(errors, name);
  const described = [
    ...(help === undefined ? [] : [`${name}-help`]),
    ...(own.length === 0 ? [] : [`${name}-error`]),
  ].join(' ');
  const attributes = html`id="${name}" name="${name}"${
    described === '' ? '' : html` aria-describedby="${described}"`
  }${own.length === 0 ? '' : html` aria-invalid="true" autofocus`}`;
  return html`<div class="field"><label for="${name}">${label}</label>
${control(attributes)}
${help === undefined ? '' : html`<p class="help" id="${name}-help">${help}</p>`}
${fieldError(name, own)}</div>`;
}

/** Those of one field, with those of what lies inside it. */
export function errorsOf(errors: FieldErrors, name: string): FieldErrors {
  return errors.filter(({ path }) => path === name || path.startsWith(`${name}.`));
}

/** Below a field, or a group of them. */
export function fieldError(name: string, own: FieldErrors): Html {
  if (own.length === 0) return html``;
  return html`<p class="field-error" id="${name}-error">${own
    .map(({ path, message }) => sentence(path === name ? '' : path.slice(name.length + 1), message))
    .join(' ')}</p>`;
}

function sentence(where: string, message: string): string {
  const text = where === '' ? message : `${where}: ${message}`;
  const capital = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return /[.?!]$/.test(capital) ? capital : `${capital}.`;
}

/** A list to choose one from. */
export function options(
  list: readonly (readonly [value: string, label: string])[],
  chosen: string,
): Html {
  return html`${list.map(
    ([value, label]) =>
      html`<option value="${value}"${value === chosen ? html` selected` : ''}>${label}</option>`,
  )}`;
}

/** Boxes of one name, of which some are ticked. */
export function boxes(name: string, values: readonly string[], ticked: readonly string[]): Html {
  return html`${values.map(
    (value) =>
      html`<label class="choice"><input type="checkbox" name="${name}" value="${value}"${
        ticked.includes(value) ? html` checked` : ''
      }> <code>${value}</code></label>`,
  )}`;
}

/** Those texts that a form sent under one name. */
export function textsOf(sent: unknown): string[] {
  return [sent].flat().filter((each) => typeof each === 'string');
}

export function textOf(sent: unknown): string {
  return textsOf(sent)[0] ?? '';
}
