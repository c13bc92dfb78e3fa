/** Fewer pages without anybody new than this can be chance. */
const leastRepeats = 3;

/**
 * Tells whether an inbox goes round in circles instead of ending: called with each page of one reading, it answers true once
 * nobody new came for longer than the reading was before that. A list that shifts under its reader shows no page again so
 * often.
 */
export function watchForRounds(): (contacts: readonly { readonly id: string }[]) => boolean {
  const seen = new Set<string>();
  let pagesWithNews = 0;
  let repeats = 0;
  return (contacts) => {
    const known = seen.size;
    for (const { id } of contacts) seen.add(id);
    if (seen.size > known) {
      pagesWithNews += 1;
      repeats = 0;
    } else repeats += 1;
    return repeats > Math.max(leastRepeats, pagesWithNews);
  };
}
