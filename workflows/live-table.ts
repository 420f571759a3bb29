import { defineQuery, setCurrentDetails, setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { attributes } from '../model/attributes.js';
import { paramsText, type Params } from '../model/params.js';
import { resolvedText } from '../model/resolution.js';
import type { StepOutcome } from '../model/step-outcome.js';

const stepsQuery = defineQuery<StepOutcome[]>('steps');

/**
 * the steps of a run as a markdown table in the Web UI, by the query `steps`, and the newest as search attribute `Step`,
 * unless another one is parked: that is what a person has to know
 */
export function liveTable(params: Params = {}, isParked = () => false) {
  const lines = new Map<string, StepOutcome>();
  let entered: string | undefined;
  const given = paramsText(params);
  const heading = given ? [`params: ${given}`, ''] : [];
  setHandler(stepsQuery, () => [...lines.values()]);
  return {
    show(line: StepOutcome) {
      const name = nameOf(line);
      const now = new Date(Date.now()).toISOString();
      const before = lines.get(name);
      // what it took does not count the wait for its slot
      const isGranted = before?.state === 'waiting' && line.state === 'running';
      const startedAt = line.state === 'reused' ? undefined : isGranted ? now : (before?.startedAt ?? now);
      const hasEnded = !['waiting', 'running', 'parked'].includes(line.state);
      lines.set(name, { ...line, ...(startedAt && { startedAt, ...(hasEnded && { finishedAt: now }) }) });
      setCurrentDetails([...heading, ...head, ...[...lines.values()].map(row)].join('\n'));
    },
    enter(step: string) {
      const shown = isParked() ? 'parked' : step;
      if (shown === entered) return;
      entered = shown;
      upsertSearchAttributes([{ key: attributes.Step, value: shown }]);
    },
    lines: () => [...lines.values()],
  };
}

const head = ['| step | state | counts | took | manifest |', '| --- | --- | --- | --- | --- |'];

const nameOf = ({ step, entity }: StepOutcome) => (entity ? `${step} ${entity}` : step);

function row(line: StepOutcome): string {
  const { state, told, resolved = [], startedAt, finishedAt, manifest } = line;
  const took =
    finishedAt && startedAt ? seconds(startedAt, finishedAt) : startedAt && `since ${startedAt.slice(11, 19)}`;
  const where = manifest ? `s3://${manifest.bucket}/${manifest.key}` : '';
  const words = [told, ...resolved.map(resolvedText)]
    .filter(Boolean)
    .join('; ')
    .replace(/[|\n\r]+/g, '/');
  return `| ${nameOf(line)} | ${state} | ${words} | ${took ?? ''} | ${where} |`;
}

function seconds(from: string, to: string): string {
  return `${((Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`;
}
