import type { AwsCall } from './aws-call.js';

/** what differs from one recording to the next, or says nothing of permissions */
const patterns: [RegExp, string][] = [
  [/(?<=\/)plan-[\w-]{22}(?=\.json)/g, 'plan-<hash>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>'],
  [/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z?|\d{8}T\d{6}(\.\d+)?Z/g, '<time>'],
  [/dt=\d{4}-\d{2}-\d{2}(\/hr=\d{2})?(\/min=\d{2})?/g, '<interval>'],
  [/(?<=\/)[0-9a-f]{12,}(?=[./-])/g, '<hash>'],
  [/(?<!\d)\d{5,6}(-\d{5})*(?!\d)/g, '<n>'],
  [/-[0-9a-f]{8}(?=\.)/g, '-<hash>'],
  [/rebuild-\d+/g, 'rebuild-<n>'],
  [/<id>-\d+/g, '<id>'],
];

/** a statement that does not end while its request waits is asked for again; an attempt that is given up cancels its own */
const ofSlowMachines = ['redshift-data:DescribeStatement', 'redshift-data:CancelStatement'];

export interface Names {
  /** `{lake}` for the bucket of this recording, and the like */
  places: Record<string, string>;
  pipelines: string[];
  entities: string[];
}

/** each call once, in order, by names that every recording has */
export function settled(calls: AwsCall[], { places, pipelines, entities }: Names): AwsCall[] {
  const words = (text: string) => {
    let found = Object.entries(places).reduce((text, [place, name]) => text.replaceAll(name, place), text);
    for (const [pattern, word] of patterns) found = found.replace(pattern, word);
    for (const name of [...pipelines, ...entities]) {
      found = found.replace(new RegExp(`([/.])${name}(?=[/.])`, 'g'), '$1<name>');
    }
    return found;
  };
  const one = ({ action, resource, context }: AwsCall): AwsCall => ({
    action,
    resource: words(resource),
    ...(context && {
      context: Object.fromEntries(Object.entries(context).map(([key, value]) => [key, words(value)])),
    }),
  });
  const kept = calls.filter(({ action }) => !ofSlowMachines.includes(action));
  const texts = new Set(kept.map((call) => JSON.stringify(one(call))));
  return [...texts].sort().map((text) => JSON.parse(text) as AwsCall);
}

/** as it is kept: a call a line */
export const recordText = (calls: AwsCall[]) =>
  `[\n${calls.map((call) => `  ${JSON.stringify(call)}`).join(',\n')}\n]\n`;
