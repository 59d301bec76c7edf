import fastCheck from 'fast-check';

// One seed for every property, so that a failure seen anywhere can be seen everywhere. Whoever wants
// to hunt wider sets another number: FAST_CHECK_SEED=7 npx vitest run test/law
const seed = Number(process.env['FAST_CHECK_SEED'] ?? 20231123);

fastCheck.configureGlobal({ seed, verbose: 1, endOnFailure: false });
