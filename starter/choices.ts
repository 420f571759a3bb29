import { InvalidArgumentError, Option } from 'commander';

export const dbtOption = (words: string) =>
  new Option('--dbt <mode>', words).choices(['build', 'defer', 'skip']).default('build');

export function atLeastOne(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('it must be a whole number above 0.');
  return count;
}
