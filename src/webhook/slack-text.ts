/** What Slack reads as markup, and how it wants it written (api.slack.com/reference/surfaces/formatting#escaping). */
const escapes: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** Break lines, or turn the order in which the rest is read: a name with these could pass for another part of the message. */
const unruly = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;
const visible = /[^\p{Z}\p{Cc}\p{Cf}\p{Cs}]/u;

/**
 * A stranger's text that Slack shows as it is: escaped, on one line, at most `mostCharacters` UTF-16 units of it with all
 * escapes, cut between characters and never within an escape. Empty where there would be nothing to see.
 */
export function slackText(text: string, mostCharacters: number): string {
  return visible.test(text) ? escapeUpTo(text.trim(), mostCharacters, () => ' ') : '';
}

/** The same for a text of several lines. */
export function slackLines(text: string, mostCharacters: number): string {
  const keepBreaks = (character: string) => (character === '\n' ? '\n' : ' ');
  return visible.test(text) ? escapeUpTo(text.trim(), mostCharacters, keepBreaks) : '';
}

function escapeUpTo(
  text: string,
  mostCharacters: number,
  instead: (unruly: string) => string,
): string {
  let written = '';
  let beforeEllipsis = '';
  for (const character of text) {
    const harmless = unruly.test(character) ? instead(character) : character.toWellFormed();
    const next = written + (escapes.get(harmless) ?? harmless);
    if (next.length > mostCharacters) return `${beforeEllipsis}…`;
    written = next;
    if (written.length < mostCharacters) beforeEllipsis = written;
  }
  return written;
}
