/** what this service will not run; becomes the statement's error */
export class Refusal extends Error {
  constructor(
    /** the rule that refuses */
    readonly rule: string,
    reason: string,
  ) {
    super(`${reason} [rule: ${rule}]`);
    this.name = 'Refusal';
  }
}
