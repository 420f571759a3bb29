/** what a run was asked to do differently; kept in history and in the ledger, so never a secret */
export type Params = Record<string, string | number | boolean>;

/** bytes of all of a run's, as JSON */
export const mostParamBytes = 2000;

/** `minmagnitude=4.5, catalog=us` */
export function paramsText(params: Params): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** names that people give to what must not be kept where everyone reads */
export function isSecretName(name: string): boolean {
  return /secret|passw|token|api_?key|credential/i.test(name);
}
