import { ValidationException } from '../errors.js';
import type { Token } from './tokens.js';

export interface Parameter {
  name: string;
  value: string;
}

/** names, values and use as the Data API checks them, before anything runs */
export function checkParameters(parameters: Parameter[], statements: Token[][]): void {
  const names = parameters.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw ValidationException(`Parameters list contains the name more than once: ${twice}`);
  const empty = parameters.find(({ name, value }) => name === '' || value === '');
  if (empty)
    throw ValidationException(`Parameter "${empty.name}" is empty: a zero-length name or value is not allowed`);
  const used = new Set(statements.flat().flatMap(({ kind, text }) => (kind === 'parameter' ? [text.slice(1)] : [])));
  const missing = [...used].filter((name) => !names.includes(name));
  if (missing.length > 0) throw ValidationException(`Parameters not found for: [${missing.join(', ')}]`);
  const unused = names.filter((name) => !used.has(name));
  if (unused.length > 0)
    throw ValidationException(`Parameters list contains unused parameters. Unused parameters: [${unused.join(', ')}]`);
}

/** `:name` -> `$n`, a number for each place, so that each is cast by its own context */
export function bindParameters(tokens: Token[], parameters: Parameter[]): { tokens: Token[]; values: string[] } {
  const values: string[] = [];
  const bound = tokens.map((token): Token => {
    if (token.kind !== 'parameter') return token;
    values.push(parameters.find(({ name }) => name === token.text.slice(1))?.value ?? '');
    return { ...token, text: `$${values.length}` };
  });
  return { tokens: bound, values };
}
