import { InvalidArgumentError, Option } from 'commander';
import { maxActiveProblem } from '../model/backfill.js';

export const dbtOption = (words: string) =>
  new Option('--dbt <mode>', words).choices(['build', 'defer', 'skip']).default('build');

export function atLeastOne(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('it must be a whole number above 0.');
  return count;
}

export const keepGoingWords =
  'do not pause itself when runs fail of a common cause: try every interval, and list those that fail';

export function maxActiveChoice(text: string): number {
  const problem = maxActiveProblem(Number(text));
  if (problem) throw new InvalidArgumentError(`${problem}.`);
  return Number(text);
}
