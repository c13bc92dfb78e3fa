/** A Redis stream id, `{ms}-{number}`: what orders a source's event log. */
export type LogId = string;

export const logStart: LogId = '0-0';
export const pastEveryLogId: LogId = `${Number.MAX_SAFE_INTEGER}-0`;

/** The last id that a moment can have; Redis counts within it in 64 bits. */
export function lastLogIdOf(ms: number): LogId {
  return `${ms}-18446744073709551615`;
}

/** When Redis gave it out. */
export function msOfLogId(id: LogId): number {
  return parts(id)[0];
}

function parts(id: LogId): readonly [number, number] {
  const [ms = '0', number = '0'] = id.split('-');
  return [Number(ms), Number(number)];
}

/** Negative when `left` comes first. */
export function compareLogIds(left: LogId, right: LogId): number {
  const [leftMs, leftNumber] = parts(left);
  const [rightMs, rightNumber] = parts(right);
  return leftMs - rightMs || leftNumber - rightNumber;
}
