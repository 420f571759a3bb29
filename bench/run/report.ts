import type { Cost } from './measure.js';

/** a line a figure, the earlier version's and the ratio beside it */
export function report(now: Cost, before?: Cost): string {
  const lines: [string, (cost: Cost) => number, string][] = [
    ['lone run, without models', ({ lone }) => lone, 'ms'],
    ['lone run, after a rest', ({ loneAtRest }) => loneAtRest, 'ms'],
    ['lone run, with models', ({ loneWithModels }) => loneWithModels, 'ms'],
    ['bare workflow of five activities', ({ bare }) => bare, 'ms'],
    ['from the end of a run to that of run --wait', ({ waits }) => waits, 'ms'],
    ...Object.keys(now.ranges).map((hours): [string, (cost: Cost) => number, string] => [
      `${hours} hours`,
      ({ ranges }) => ranges[hours] ?? 0,
      'ms',
    ]),
    ['requests to S3 of a run', ({ s3 }) => s3, ''],
    ['requests to the Data API of a run', ({ dataApi }) => dataApi, ''],
    ['actions of a run', ({ actions }) => actions, ''],
    ['history of a run', ({ historyBytes }) => historyBytes, 'bytes'],
    ['server and worker, idle', ({ idle }) => idle, 'MB'],
    ['server and worker, at most', ({ peak }) => peak, 'MB'],
  ];
  const rows = lines.map(([name, of, unit]) => {
    const columns = [name.padEnd(46), `${Math.round(of(now))} ${unit}`.padStart(14)];
    if (before)
      columns.push(`${Math.round(of(before))} ${unit}`.padStart(14), (of(now) / of(before)).toFixed(2).padStart(8));
    return columns.join('');
  });
  const heading = ['', 'now', ...(before ? ['before', 'ratio'] : [])];
  const widths = [46, 14, 14, 8];
  return `${heading.map((word, at) => word.padStart(widths[at] ?? 0)).join('')}\n${rows.join('\n')}\n`;
}
