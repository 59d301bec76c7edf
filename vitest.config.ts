import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

// Apart from vite.config.ts on purpose: the tests run in Node, where memfs gets the real modules of
// Node and must not be given the browser's stand-ins.
export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**', 'node_modules/**'],
    setupFiles: ['test/setup.ts'],
    environment: 'node',
    // A flaky test is a bug in the laboratory, whose runs are deterministic, so nothing is retried.
    retry: 0,
    allowOnly: false,
    // Machines that run tests are loaded; a limit is there to end a hang, never to measure speed.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/app/**', 'src/kernel/browser-stubs/**'],
      reporter: ['text-summary', 'html'],
    },
  },
});
