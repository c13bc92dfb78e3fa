import { RE2JS } from 're2js';

const mostCharacters = 200;
/** Instructions of the compiled pattern: what one character of text can cost. */
const mostInstructions = 300;

/** How much of a text is looked at: the cost of a pattern grows with every character. */
const mostLookedAt = 4000;

export type Pattern = (text: string) => boolean;

/**
 * Finds a pattern anywhere in a text. RE2 looks at each character once, whatever the pattern: nobody can write one that
 * takes a second on a text that someone else chose.
 */
export function compilePattern(
  pattern: string,
):
  | { readonly kind: 'compiled'; readonly finds: Pattern }
  | { readonly kind: 'refused'; readonly message: string } {
  if (pattern.length > mostCharacters) {
    return { kind: 'refused', message: `must be at most ${mostCharacters} characters` };
  }
  try {
    const compiled = RE2JS.compile(pattern);
    if (compiled.programSize() > mostInstructions) {
      return { kind: 'refused', message: 'repeats too much: use smaller counts' };
    }
    const finds = (text: string) => compiled.test(text.slice(0, mostLookedAt));
    return { kind: 'compiled', finds };
  } catch (error) {
    return { kind: 'refused', message: `must be a pattern in RE2 syntax: ${reason(error)}` };
  }
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'it cannot be read';
  return error.message.replace(/^error parsing regexp: /, '');
}
