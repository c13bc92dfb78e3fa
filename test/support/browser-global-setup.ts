import { findChromium } from './browser.ts';

/** Says once what is left out: a skipped test says nothing where only failures are told. */
export function setup(): void {
  if (findChromium() !== null) return;
  console.log(
    'Chromium: none was found, so nothing is tried in a browser. Install the package chromium, or name one in CHROMIUM_PATH.',
  );
}
