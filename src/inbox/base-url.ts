/** The root of an inbox API in one spelling, or why a text is none, as the end of a sentence. */
export function parseBaseUrl(
  text: string,
):
  | { readonly kind: 'valid'; readonly baseUrl: string }
  | { readonly kind: 'invalid'; readonly problem: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && !url.username && !url.password && !/[?#]/.test(text);
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    const problem = 'must be an http or https URL without user, query and fragment';
    return { kind: 'invalid', problem };
  }
  if (/\/inbox\/users\/*$/.test(url.pathname)) {
    return { kind: 'invalid', problem: 'must be the root of the API: leave out /inbox/users' };
  }
  return { kind: 'valid', baseUrl: text.replace(/\/+$/, '') };
}
