/** How long something took or takes: two units at most, such as `42 s` or `2 h 5 min`. */
export function durationWords(seconds: number): string {
  if (seconds < 0.995) return `${Math.max(0, Math.round(seconds * 1000))} ms`;
  if (seconds < 9.95) return `${Number(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return twoUnits(whole, [60, 'min'], [1, 's'], whole < 600);
  if (whole < 2 * 86_400) return twoUnits(whole, [3600, 'h'], [60, 'min'], true);
  return twoUnits(whole, [86_400, 'days'], [3600, 'h'], whole < 7 * 86_400);
}

type Unit = readonly [seconds: number, name: string];

function twoUnits(seconds: number, large: Unit, small: Unit, isFine: boolean): string {
  const first = Math.floor(seconds / large[0]);
  const second = Math.floor((seconds - first * large[0]) / small[0]);
  return isFine && second > 0
    ? `${first} ${large[1]} ${second} ${small[1]}`
    : `${first} ${large[1]}`;
}

/** As above in whole seconds, one at least: for ages that grow while one looks. */
export function ageWords(seconds: number): string {
  return durationWords(Math.max(1, Math.ceil(seconds)));
}

/** How far a moment is from now in one unit, such as `12 s ago` or `in 3 min`: the exact time stands beside it. */
export function distanceWords(atMs: number, nowMs: number): string {
  const seconds = (nowMs - atMs) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  const words = oneUnit(Math.round(Math.abs(seconds)));
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

function oneUnit(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}

const numbers = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export function numberWords(value: number): string {
  return numbers.format(value);
}

/** `1 delivery`, `1,200 deliveries`. */
export function countWords(count: number, one: string, many = `${one}s`): string {
  return `${numberWords(count)} ${count === 1 ? one : many}`;
}
