import { asHttp, type Source } from '../model/source.js';
import { formProblems } from './form-problems.js';
import { httpProblems } from './http-problems.js';
import { objectProblems } from './object-problems.js';

/** what is wrong with a source: the times that its texts name, and what it declares of requests and pages */
export function sourceProblems(source: Source): string[] {
  const ofForm = formProblems(source.records);
  if (source.kind === 's3-objects') return [...objectProblems(source), ...ofForm];
  return [...httpProblems(source.kind === 'http' ? source : asHttp(source)), ...ofForm];
}
