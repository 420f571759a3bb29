import { selectionKey, type DbtAnswer, type DbtNeed, type DbtProgress } from '../model/dbt.js';

const askersShown = 20;

/** one of the builds of a target that are under way */
export interface UnderWay {
  /** those that it is for; none once they are answered */
  needs: DbtNeed[];
  progress?: DbtProgress;
}

/** what the Web UI shows of the shared builds: for each what it is for and its nodes, the latest answers, who waits */
export function buildDetails(building: UnderWay[], waiting: DbtNeed[], answers = ''): string {
  const lines = building.filter(({ needs }) => needs.length > 0).flatMap(underWay);
  if (answers) lines.push(`**built**\n${answers}`);
  if (waiting.length > 0) lines.push(`**next** for ${askers(waiting)}`);
  return lines.join('\n\n');
}

function underWay({ needs, progress }: UnderWay): string[] {
  const lines = [`**building** for ${askers(needs)}`];
  if (progress) {
    const { done, total, failed, running, ended } = progress;
    const nodes = [...running.map((name) => ({ name, status: 'running' })), ...ended];
    lines.push(`${done} of ${total} nodes done, ${failed} failed`);
    lines.push(['| node | status |', '| --- | --- |', ...nodes.map(row)].join('\n'));
  }
  return lines;
}

export function answerLine({ workflowId }: DbtNeed, answer: DbtAnswer): string {
  if ('error' in answer) return `- ${workflowId}: ${answer.error.message}`;
  const { ok, failed, skipped } = answer.result;
  return `- ${workflowId}: ${ok} ok, ${failed} failed, ${skipped} skipped`;
}

const row = ({ name, status }: { name: string; status: string }) => `| ${name} | ${status} |`;

function askers(needs: DbtNeed[]): string {
  const named = needs.slice(0, askersShown).map((need) => `${need.workflowId} (${selectionKey(need)})`);
  const more = needs.length > askersShown ? ` and ${needs.length - askersShown} more` : '';
  return `${named.join(', ')}${more}`;
}
