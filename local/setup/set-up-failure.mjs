/** what ends a set-up: one sentence with the remedy, shown without a stack trace */
export class SetUpFailure extends Error {
  name = 'SetUpFailure';
}
