import { Refusal } from './refusal.js';
import { tokenize, type Token } from './tokens.js';

export type Rewriter = (tokens: Token[]) => Token[];

export function emit(sql: string, space: boolean): Token[] {
  return tokenize(sql).map((token, at) => (at === 0 ? { ...token, space } : token));
}

/** emitted text is tokenized again: strings stay as they were written */
export const plain = (tokens: Token[]) =>
  tokens
    .map(({ text, space }) => `${space ? ' ' : ''}${text}`)
    .join('')
    .trim();

export const list = (args: Token[][]) => args.map(plain).join(', ');

export function exactly(args: Token[][], count: number, name: string): string[] {
  if (args.length !== count)
    throw new Refusal(`function ${name}`, `${name.toUpperCase()} takes ${count} arguments, got ${args.length}`);
  return args.map(plain);
}
