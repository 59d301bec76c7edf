/** Where the laws of what is shown begin to look: each seed gives other programs, and the same ones everywhere. */
export const seeds: readonly number[] = (process.env['FAST_CHECK_SEEDS'] ?? '20231123 1 7 42 1999')
  .split(' ')
  .map(Number);
