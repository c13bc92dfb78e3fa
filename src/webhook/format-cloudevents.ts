import type { ChangeEvent } from '#domain/change-event.ts';

/** The structured content mode of CloudEvents 1.0; JSON is UTF-8 and takes no charset (RFC 8259, section 11). */
export const cloudEventsType = 'application/cloudevents+json';

/** The event in the envelope of CloudEvents 1.0. `subject` is the contact, absent where there is none. */
export function toCloudEvent({ id, type, timestamp, data }: ChangeEvent): string {
  const contactId = data.contact?._id;
  return JSON.stringify({
    specversion: '1.0',
    id,
    type,
    source: `/sources/${encodeURIComponent(data.source)}`,
    ...(typeof contactId === 'string' && contactId !== '' && { subject: contactId }),
    time: timestamp,
    datacontenttype: 'application/json',
    data,
  });
}
