import type { DownstreamInput, DownstreamResult } from '../model/downstream.js';

/** as markdown, for the Web UI and `waterclock show` */
export function downstreamTable({ pipeline, from, to }: DownstreamInput, { pipelines }: DownstreamResult): string {
  const rows = pipelines.map(({ pipeline, status, total, succeeded, failedCount, left, error = '' }) => {
    const told = [...left, error].filter(Boolean).join('; ').replaceAll('|', '/').replace(/\s+/g, ' ').slice(0, 200);
    return `| ${pipeline} | ${status} | ${succeeded} of ${total} | ${failedCount} | ${told} |`;
  });
  return [
    `What used ${pipeline}, ${from} to ${to}, runs again.`,
    '',
    '| pipeline | state | loaded | failed | what is left |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
