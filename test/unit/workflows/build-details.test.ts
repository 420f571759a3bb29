import { expect, test } from 'vitest';
import { answerLine, buildDetails } from '../../../workflows/build-details.js';

const need = (workflowId: string, select: string) => ({ workflowId, runId: 'run', select });
const progress = {
  done: 1,
  total: 3,
  failed: 0,
  running: ['orders'],
  ended: [{ name: 'stg_orders', status: 'success' }],
};

test('every build under way is shown with its nodes, then the latest answers and who waits', () => {
  const answered = { needs: [] };
  const building = [
    { needs: [need('shop-1', 'tag:shop')], progress },
    answered,
    { needs: [need('taxis-1', 'tag:taxis')] },
  ];
  const result = { status: 'success' as const, ok: 2, failed: 0, skipped: 0, failures: [] };
  const answers = answerLine(need('quakes-1', 'tag:quakes'), { result });
  expect(buildDetails(building, [need('shop-2', 'tag:shop')], answers)).toBe(
    [
      '**building** for shop-1 (tag:shop)',
      '1 of 3 nodes done, 0 failed',
      '| node | status |\n| --- | --- |\n| orders | running |\n| stg_orders | success |',
      '**building** for taxis-1 (tag:taxis)',
      '**built**\n- quakes-1: 2 ok, 0 failed, 0 skipped',
      '**next** for shop-2 (tag:shop)',
    ].join('\n\n'),
  );
});
