import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { attributes } from '../model/attributes.js';
import { paramsText, type Params } from '../model/params.js';
import type { ObjectRef } from '../model/plan.js';

export interface Line {
  step: string;
  state: 'running' | 'done' | 'reused' | 'parked' | 'failed' | 'skipped';
  told?: string;
  manifest?: ObjectRef;
}

/** the steps of a run as a markdown table in the Web UI, and the newest as search attribute `Step` */
export function liveTable(params: Params = {}) {
  const given = paramsText(params);
  const heading = given ? [`params: ${given}`, ''] : [];
  const lines = new Map<string, Line>();
  return {
    show(line: Line) {
      lines.set(line.step, line);
      const rows = [...lines.values()].map(
        ({ step, state, told = '', manifest }) =>
          `| ${step} | ${state} | ${told} | ${manifest ? `s3://${manifest.bucket}/${manifest.key}` : ''} |`,
      );
      setCurrentDetails(
        [...heading, '| step | state | counts | manifest |', '| --- | --- | --- | --- |', ...rows].join('\n'),
      );
    },
    enter(step: string) {
      upsertSearchAttributes([{ key: attributes.Step, value: step }]);
    },
  };
}
