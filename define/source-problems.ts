import { asHttp, type Source } from '../model/source.js';
import { timeProblems } from '../model/times.js';
import { httpProblems } from './http-problems.js';

/** what is wrong with a source: the times that its texts name, and what it declares of requests and pages */
export function sourceProblems(source: Source): string[] {
  if (source.kind === 's3-objects') return timeProblems(source.prefix, 'its prefix');
  return httpProblems(source.kind === 'http' ? source : asHttp(source));
}
