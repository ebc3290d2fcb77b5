import { defineConfig } from 'vitest/config';

/** Tests that need no browser: beside what they test, and those of the stand-in. */
export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'e2e/{stand-in,states}/*.test.ts', 'scripts/**/*.test.ts'],
    restoreMocks: true,
    // By itself it leaves one of two cores unused, and starts a process for each file.
    pool: 'threads',
    maxWorkers: 2,
  },
});
