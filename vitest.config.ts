import { defineConfig } from 'vitest/config';

// One Redis for the whole run (contract section 7); every test file takes a database of its own.
const redis = ['./test/support/redis-global-setup.ts'];

export default defineConfig({
  test: {
    // Most end-to-end tests wait for a clock or a browser, so that three at a time keep two cores busy and no more.
    maxWorkers: 3,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/{contract,integration}/**/*.test.ts'],
          globalSetup: redis,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: [...redis, './test/support/browser-global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
