import { secretNames } from '../model/http-source.js';
import { secretNameProblem } from '../model/secret-place.js';
import { asHttp, type Source } from '../model/source.js';
import { formProblems } from './form-problems.js';
import { httpProblems } from './http-problems.js';
import { objectProblems } from './object-problems.js';
import { taskProblems } from './task-problems.js';

/** what is wrong with a source: the times that its texts name, and what it declares of requests and pages */
export function sourceProblems(source: Source): string[] {
  const ofForm = 'records' in source ? formProblems(source.records) : [];
  if (source.kind === 'http-requests') {
    return Object.entries(source.requests).flatMap(([name, one]) =>
      [...httpProblems(one), ...formProblems(one.records)].map((problem) => `request ${name}: ${problem}`),
    );
  }
  if (source.kind === 'custom') {
    const ofNames = secretNames(source)
      .map(secretNameProblem)
      .filter((problem) => problem !== undefined);
    return [...ofNames, ...ofForm];
  }
  if (source.kind === 'task') return [...taskProblems(source), ...ofForm];
  if (source.kind === 's3-objects') return [...objectProblems(source), ...ofForm];
  return [...httpProblems(source.kind === 'http' ? source : asHttp(source)), ...ofForm];
}
