/** All metrics of one name. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

interface Found {
  help: string;
  type: string;
  readonly labels: Set<string>;
}

const comment = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/;
const sample =
  /^([a-zA-Z_:][\w:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\]|\\.)*",?)*)\})? (nan|[+-]inf|[-+\d.e]+)( \d+)?$/i;

/** The text format, line by line, as a scraper reads it; a line that is none of it throws. */
export function parsePrometheusText(text: string): Family[] {
  const found = new Map<string, Found>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    if (line.startsWith('#')) readComment(line, found);
    else readSample(line, found);
  }
  return [...found].map(([name, { labels, ...rest }]) => ({ name, ...rest, labels: [...labels] }));
}

function readComment(line: string, found: Map<string, Found>): void {
  const [, kind, name, words] = comment.exec(line) ?? [];
  if (name === undefined || words === undefined) throw new Error(`No comment of a family: ${line}`);
  const family = found.get(name) ?? { help: '', type: '', labels: new Set() };
  if (kind === 'HELP') family.help = words;
  else family.type = words;
  found.set(name, family);
}

function readSample(line: string, found: Map<string, Found>): void {
  const [, name, labels = ''] = sample.exec(line) ?? [];
  if (name === undefined) throw new Error(`No line of the text format: ${line}`);
  const family = found.get(name) ?? found.get(name.replace(/_(bucket|sum|count)$/, ''));
  if (family === undefined) throw new Error(`A sample before its family: ${line}`);
  for (const [, label = ''] of labels.matchAll(/([a-zA-Z_]\w*)="/g)) family.labels.add(label);
}
