import { timePatternProblems } from '../model/key-pattern.js';
import type { S3ObjectsSource } from '../model/source.js';
import { timeProblems } from '../model/times.js';

/** everything that is wrong with a declaration of objects */
export function objectProblems({ prefix, keys = '', timeFrom, ...source }: S3ObjectsSource): string[] {
  const { endpoint, role, anonymous, columns } = source;
  const names = Object.values(columns ?? {});
  const twice = names.find((name, at) => names.indexOf(name) < at);
  return [
    ...timeProblems(prefix, 'its prefix'),
    // other braces are choices
    ...timeProblems(keys, 'its keys').filter((problem) => /has \{(start|end)[:}]/.test(problem)),
    ...(timeFrom && 'key' in timeFrom ? timePatternProblems(timeFrom.key) : []),
    ...(timeFrom && 'events' in timeFrom ? eventProblems(prefix, keys, timeFrom.events) : []),
    ...(endpoint === undefined || URL.canParse(endpoint) ? [] : [`its endpoint must be an address, got '${endpoint}'`]),
    ...(role === undefined || /^arn:aws[\w-]*:iam::\d{12}:role\/.+$/.test(role)
      ? []
      : [`its role must be the ARN of an IAM role, got '${role}'`]),
    ...(role !== undefined && anonymous ? ['it has a role and is anonymous: requests are either signed or not'] : []),
    ...(twice === undefined ? [] : [`its columns name '${twice}' twice`]),
  ];
}

function eventProblems(prefix: string, keys: string, queue: string): string[] {
  return [
    ...(URL.canParse(queue) ? [] : [`its timeFrom.events must be the address of an SQS queue, got '${queue}'`]),
    ...(hasTimes(prefix) ? ['its events name their keys: its prefix cannot have times'] : []),
    ...(hasTimes(keys) ? ['its events name their keys: its keys cannot have times'] : []),
  ];
}

const hasTimes = (text: string) => /\{(start|end)[:}]/.test(text);
