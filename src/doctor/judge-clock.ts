import { type Finding, fine, warning } from './finding.ts';

/** Receivers refuse signatures that are more than five minutes off. */
const farMs = 60_000;
const nearMs = 2000;

/** `unsureMs`: how far off the measurement itself may be. */
export function judgeClock(
  check: string,
  whose: string,
  aheadMs: number,
  unsureMs: number,
): Finding {
  const offMs = Math.abs(aheadMs);
  if (offMs <= nearMs + unsureMs) {
    return fine(check, `The clocks of ${whose} and this machine agree.`);
  }
  const seconds = `${(offMs / 1000).toFixed(1)} s`;
  return warning(check, {
    what: `The clock of ${whose} is ${seconds} ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's.`,
    why:
      offMs > farMs
        ? 'Deliveries are signed with this machine’s time; subscribers refuse what is more than five minutes off.'
        : 'Ages and the times of retries are off by as much.',
    remedy: 'See which one is wrong, and keep both in time: timedatectl set-ntp true.',
  });
}
