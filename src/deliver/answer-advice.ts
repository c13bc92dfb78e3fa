/** What the owner of an endpoint can do about an answer that is no success; null where the answer says it best. */
export function adviseOnAnswer(statusCode: number): string | null {
  switch (statusCode) {
    case 401:
    case 403:
    case 407:
      return 'The endpoint wants credentials. Add the header that it wants to the subscription’s headers, or let signed requests in.';
    case 404:
      return 'There is nothing at this address. Correct the subscription’s url.';
    case 405:
      return 'The address takes no POST. Correct the subscription’s url, or the method that it takes.';
    case 410:
      return 'The endpoint wants no more, so the subscription is disabled. POST …/resume sends again, from where it stopped.';
    case 413:
      return 'The event is larger than the endpoint takes. Raise its limit; a contact’s record can have tens of KiB.';
    case 415:
      return 'The endpoint does not take this content type. See the subscription’s format and contentType.';
    case 400:
    case 422:
      return 'The endpoint does not understand what it got. Its answer may say why; see the subscription’s format.';
    case 429:
      return 'The endpoint gets more than it wants. Give the subscription a ratePerSecond.';
    default:
      return statusCode >= 500
        ? 'The endpoint has a fault of its own. Look into its log at this time.'
        : null;
  }
}
