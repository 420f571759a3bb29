import { Refusal } from './refusal.js';
import { plain, type Rewriter } from './rewrite-text.js';
import { closing, isSign, isWord, splitCommas, stringValue, type Token } from './tokens.js';

const path = /^"(?:[^"]|"")+"(?:\."(?:[^"]|"")+")*$/;

function refuse(reason: string): never {
  throw new Refusal('function object_transform', `OBJECT_TRANSFORM: ${reason}`);
}

/** `'"a"."b"'` as JSON: ["a", "b"] */
function partsOf(item: Token[]): string[] {
  const [only] = item;
  const text = item.length === 1 && only?.kind === 'string' ? stringValue(only) : '';
  if (!path.test(text)) refuse(`a path is a string of quoted names: '"a"."b"', got ${plain(item)}`);
  return [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, part = '']) => part.replaceAll('""', '"'));
}

/** OBJECT_TRANSFORM(input [KEEP path, ...] [SET path, value, ...]) */
export function objectTransform(tokens: Token[], at: number, rewrite: Rewriter): { text: string; end: number } {
  const end = closing(tokens, at + 1);
  const inside = tokens.slice(at + 2, end);
  const clause = (word: string) =>
    inside.findIndex(
      (token, place) => isWord(token, word) && inside[place + 1]?.kind === 'string' && depth(inside, place) === 0,
    );
  const [keepAt, setAt] = [clause('keep'), clause('set')];
  if (keepAt > setAt && setAt >= 0) refuse('KEEP comes before SET');
  const ends = [keepAt, setAt, inside.length].filter((place) => place >= 0);
  const input = inside.slice(0, ends[0]);
  if (input.length === 0) refuse('it takes a SUPER value first');
  const kept = keepAt < 0 ? [] : splitCommas(inside.slice(keepAt + 1, setAt < 0 ? inside.length : setAt));
  const given = setAt < 0 ? [] : splitCommas(inside.slice(setAt + 1));
  if (given.length % 2 === 1) refuse('SET takes pairs of a path and a value');
  const paths = given.filter((_, place) => place % 2 === 0).map(partsOf);
  const values = given.filter((_, place) => place % 2 === 1).map((value) => `rs_local_super(${plain(rewrite(value))})`);
  const json = (all: string[][]) => `'${JSON.stringify(all).replaceAll("'", "''").replaceAll('\\', '\\\\')}'`;
  const items = `jsonb_build_array(${values.join(', ')})`;
  return {
    text: `rs_local_transform(${plain(rewrite(input))}, ${json(kept.map(partsOf))}, ${json(paths)}, ${items})`,
    end,
  };
}

const depth = (tokens: Token[], end: number) =>
  tokens.slice(0, end).reduce((sum, token) => sum + Number(isSign(token, '(')) - Number(isSign(token, ')')), 0);
