/** `npm run test:release` runs the laws of the stack's tests too, on many more cases */
const isRelease = process.env['WATERCLOCK_TEST_LEVEL'] === 'release';

/** what a test is given in `npm test`, and before a release */
export const atLevel = <Value>(usual: Value, release: Value): Value => (isRelease ? release : usual);
