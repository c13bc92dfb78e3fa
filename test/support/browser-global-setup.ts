import { findChromium, noChromium } from './browser.ts';

/** Says once what is left out: a skipped test says nothing where only failures are told. */
export function setup(): void {
  if (findChromium() !== null) return;
  console.log(`Nothing is tried in a browser. ${noChromium}`);
}
