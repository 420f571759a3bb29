import { selectionKey, type DbtNeed, type DbtProgress } from '../model/dbt.js';

const askersShown = 20;

/** what the Web UI shows of the shared builds: who is built for, the nodes, who waits */
export function buildDetails(
  building: DbtNeed[],
  waiting: DbtNeed[],
  progress: DbtProgress | undefined,
  told = '',
): string {
  const lines: string[] = [];
  if (building.length > 0) lines.push(`**building** for ${askers(building)}`);
  if (progress) {
    const { done, total, failed, running, ended } = progress;
    const nodes = [...running.map((name) => ({ name, status: 'running' })), ...ended];
    lines.push(`${done} of ${total} nodes done, ${failed} failed`);
    lines.push(['| node | status |', '| --- | --- |', ...nodes.map(row)].join('\n'));
  }
  if (told) lines.push(`**built**\n${told}`);
  if (waiting.length > 0) lines.push(`**next** for ${askers(waiting)}`);
  return lines.join('\n\n');
}

const row = ({ name, status }: { name: string; status: string }) => `| ${name} | ${status} |`;

function askers(needs: DbtNeed[]): string {
  const named = needs.slice(0, askersShown).map((need) => `${need.workflowId} (${selectionKey(need)})`);
  const more = needs.length > askersShown ? ` and ${needs.length - askersShown} more` : '';
  return `${named.join(', ')}${more}`;
}
