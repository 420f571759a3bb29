import type { Interval } from './interval.js';
import { paramsText, type Params } from './params.js';
import type { RunInput } from './plan.js';

/** search attributes, by the names people query; registered by `waterclock setup` before any worker starts */
export const attributes = {
  Pipeline: { name: 'Pipeline', type: 'KEYWORD' },
  IntervalStart: { name: 'IntervalStart', type: 'DATETIME' },
  Trigger: { name: 'Trigger', type: 'KEYWORD' },
  Step: { name: 'Step', type: 'KEYWORD' },
  Late: { name: 'Late', type: 'BOOL' },
  RowsLoaded: { name: 'RowsLoaded', type: 'INT' },
  RowsRejected: { name: 'RowsRejected', type: 'INT' },
} as const;

/** what a run is started with */
export function startAttributes(input: RunInput, interval: Interval) {
  return [
    { key: attributes.Pipeline, value: input.pipeline },
    { key: attributes.IntervalStart, value: new Date(interval.start) },
    { key: attributes.Trigger, value: input.trigger },
  ];
}

/** Temporal takes 400 bytes; a letter has four at most */
const mostLetters = 100;

/** `orders, 2026-01-31 01:00 to 02:00 UTC, least=100` */
export function summaryOf(pipeline: string, { start, end }: Interval, params: Params = {}): string {
  const minute = (iso: string) => iso.slice(0, 16).replace('T', ' ');
  const to = start.slice(0, 10) === end.slice(0, 10) ? minute(end).slice(11) : minute(end);
  const given = paramsText(params);
  return cut(`${pipeline}, ${minute(start)} to ${to} UTC${given && `, ${given}`}`);
}

function cut(text: string): string {
  const letters = Array.from(text);
  return letters.length <= mostLetters ? text : `${letters.slice(0, mostLetters - 1).join('')}…`;
}
