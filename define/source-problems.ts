import { secretNames } from '../model/http-source.js';
import { secretNameProblem } from '../model/secret-place.js';
import { asHttp, type Source } from '../model/source.js';
import { timeProblems } from '../model/times.js';
import { httpProblems } from './http-problems.js';

/** what is wrong with a source: the times that its texts name, and what it declares of requests and pages */
export function sourceProblems(source: Source): string[] {
  if (source.kind === 'http-requests') {
    return Object.entries(source.requests).flatMap(([name, one]) =>
      httpProblems(one).map((problem) => `request ${name}: ${problem}`),
    );
  }
  if (source.kind === 'custom') {
    return secretNames(source)
      .map(secretNameProblem)
      .filter((problem) => problem !== undefined);
  }
  if (source.kind === 's3-objects') return timeProblems(source.prefix, 'its prefix');
  return httpProblems(source.kind === 'http' ? source : asHttp(source));
}
