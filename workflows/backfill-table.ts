import type { BackfillResult } from '../model/backfill.js';
import { holdText } from '../model/hold.js';

const mostShown = 20;

/** a backfill as markdown, for the Web UI */
export function backfillTable({
  status,
  total,
  succeeded,
  loadedEarlier,
  failedCount,
  failed,
  active,
  maxActive,
  hold,
  toTryAgain = 0,
}: BackfillResult): string {
  const ended = succeeded + failedCount;
  const share = total === 0 ? 100 : Math.floor((100 * ended) / total);
  const lines = [
    `**${status}**: ${ended} of ${total} intervals (${share} %), at most ${maxActive} at a time`,
    ...(hold ? ['', `It ${holdText(hold)}. \`waterclock backfill resume\` goes on at once.`] : []),
    ...(toTryAgain > 0 ? ['', `${toTryAgain} intervals that failed are tried again.`] : []),
    '',
    '| loaded | loaded earlier | failed | under way |',
    '| --- | --- | --- | --- |',
    `| ${succeeded} | ${loadedEarlier} | ${failedCount} | ${active.join(', ')} |`,
  ];
  if (failed.length === 0) return lines.join('\n');
  const rows = failed
    .slice(0, mostShown)
    .map(({ run, error }) => `| ${run} | ${error.replaceAll('|', '/').replace(/\s+/g, ' ').slice(0, 200)} |`);
  const more = failedCount > rows.length ? [`and ${failedCount - rows.length} more`] : [];
  return [...lines, '', '| failed run | error |', '| --- | --- |', ...rows, '', ...more].join('\n');
}
