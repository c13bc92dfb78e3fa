const token = "[\\w!#$%&'*+.^`|~-]+";
const quoted = '"(?:[\\t !#-\\[\\]-~]|\\\\[\\t -~])*"';
/** RFC 9110, section 8.3.1. */
const mediaType = new RegExp(
  `^${token}/${token}(?:[ \\t]*;[ \\t]*${token}=(?:${token}|${quoted}))*$`,
);
const charset = /;[ \t]*charset=("?)([^";]*)\1/i;
const mostCharacters = 200;

/** Why a text cannot be the `Content-Type` of a delivery, or null. Bodies are always UTF-8. */
export function mediaTypeProblem(text: string): string | null {
  if (text.length > mostCharacters) return `must be at most ${mostCharacters} characters long`;
  if (!mediaType.test(text)) return 'must be a media type, such as `text/plain`';
  const named = charset.exec(text)?.[2];
  if (named === undefined || named.toLowerCase() === 'utf-8') return null;
  return 'must name no charset but utf-8, which is what is sent';
}

/** Whether what is sent as this type has to be JSON. */
export function isJsonType(text: string): boolean {
  const [essence = ''] = text.split(';');
  return /^(?:application\/json|.+\+json)$/i.test(essence.trim());
}
