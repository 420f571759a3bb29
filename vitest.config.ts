import { defineConfig } from 'vitest/config';

const measured = ['test/long/memory.test.ts'];
/** a release runs them on more cases */
const laws = [
  ...['load-law', 'one-run'].map((name) => `stack/${name}`),
  ...['load-replaced-rows', 'backfill-of-many', 'dbt-backfill', 'time-zones', 'builds-side-by-side'].map(
    (name) => `long/${name}`,
  ),
  'unit/sources/faulty-pages',
].map((path) => `test/${path}.test.ts`);
const shared = {
  pool: 'forks' as const,
  execArgv: ['--import', 'tsx'],
  restoreMocks: true,
  // a second, as it is otherwise, is over before a busy machine has done anything
  expect: { poll: { timeout: 15_000 } },
};

export default defineConfig({
  test: {
    // Temporal's client tries a call again by a timer that closing its connection leaves: no test waits for that call any more
    onUnhandledError: ({ message }) => message !== 'Channel has been shut down',
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          isolate: false,
          testTimeout: 20_000,
          include: ['test/unit/**/*.test.ts', 'redshift-local/test/unit/**/*.test.ts', 'examples/test/*.test.ts'],
        },
      },
      {
        test: {
          ...shared,
          name: 'stack',
          include: ['test/stack/**/*.test.ts', 'redshift-local/test/stack/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // few processes: the stacks are synthesized once in each, for all of its files
      {
        test: {
          ...shared,
          name: 'infra',
          isolate: false,
          include: ['test/infra/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          ...shared,
          name: 'long',
          include: [
            'test/long/**/*.test.ts',
            'redshift-local/test/long/**/*.test.ts',
            'examples/test/long/**/*.test.ts',
          ],
          exclude: measured,
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 120_000,
        },
      },
      // the tests of loads once more, in a database whose transactions are serializable
      {
        test: {
          ...shared,
          name: 'serializable',
          include: ['test/{stack,long}/load-*.test.ts'],
          globalSetup: ['test/support/global-setup.ts'],
          env: { WATERCLOCK_TEST_ISOLATION: 'SERIALIZABLE' },
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      // whole products and long fuzzes, of which the others have a part
      {
        test: {
          ...shared,
          name: 'release',
          env: { WATERCLOCK_TEST_LEVEL: 'release' },
          include: [
            'test/release/**/*.test.ts',
            'redshift-local/test/release/**/*.test.ts',
            'examples/test/release/**/*.test.ts',
            ...laws,
          ],
          globalSetup: ['test/support/global-setup.ts'],
          testTimeout: 1_200_000,
          hookTimeout: 120_000,
        },
      },
      // on a real API server, which `npm run test:k8s` builds first
      {
        test: {
          ...shared,
          name: 'k8s',
          include: ['test/k8s/**/*.test.ts'],
          globalSetup: ['test/support/global-setup.ts', 'test/k8s/global-setup.ts'],
          testTimeout: 240_000,
          hookTimeout: 120_000,
        },
      },
      // alone, after the others: what is measured is time
      {
        test: {
          ...shared,
          name: 'measured',
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          include: measured,
          testTimeout: 600_000,
        },
      },
    ],
  },
});
