import { existsSync } from 'node:fs';
import type { KnipConfig } from 'knip';

// The rooms grow from the bottom, and until the worker joins the page to the engine nothing imports
// the upper ones. As long as it is missing every file counts as an entry and every package of a
// room as used; from then on unused means unused.
const isJoined = existsSync(new URL('./src/app/lab.worker.ts', import.meta.url));

// Named by path in vite.config.ts, where memfs gets them in place of modules of Node.
const browserModules = ['buffer', 'events', 'path-browserify'];

const packagesOfRooms = ['@jsonjoy.com/fs-core', 'fflate', 'memfs', 'xstate', 'yaml', 'zod'];

export default {
  entry: [
    'src/app/main.ts',
    'src/app/*.worker.ts',
    'src/kernel/browser-stubs/*.ts',
    'test/bench/bench.ts',
    'test/bench/*.bench.ts',
    'test/conformance/print-kernel-programs.ts',
    'test/tools/*.ts',
    ...(isJoined ? [] : ['src/**/*.{ts,svelte}']),
  ],
  ignoreDependencies: [...browserModules, ...(isJoined ? [] : packagesOfRooms)],
  // The type of a parameter is part of what its function exports, even if nobody names it.
  ignoreExportsUsedInFile: true,
} satisfies KnipConfig;
