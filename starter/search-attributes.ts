import { defineSearchAttributeKey, SearchAttributeType, type SearchAttributePair } from '@temporalio/common';
import type { Trigger } from '../model/keys.js';

/** the design's section 2; SQL visibility takes at most three Int */
export const searchAttributes = {
  Pipeline: SearchAttributeType.KEYWORD,
  IntervalStart: SearchAttributeType.DATETIME,
  Trigger: SearchAttributeType.KEYWORD,
  Step: SearchAttributeType.KEYWORD,
  Late: SearchAttributeType.BOOL,
  RowsLoaded: SearchAttributeType.INT,
  RowsRejected: SearchAttributeType.INT,
} as const;

export const keys = {
  pipeline: defineSearchAttributeKey('Pipeline', searchAttributes.Pipeline),
  intervalStart: defineSearchAttributeKey('IntervalStart', searchAttributes.IntervalStart),
  trigger: defineSearchAttributeKey('Trigger', searchAttributes.Trigger),
  step: defineSearchAttributeKey('Step', searchAttributes.Step),
  late: defineSearchAttributeKey('Late', searchAttributes.Late),
  rowsLoaded: defineSearchAttributeKey('RowsLoaded', searchAttributes.RowsLoaded),
  rowsRejected: defineSearchAttributeKey('RowsRejected', searchAttributes.RowsRejected),
};

/** what a run carries from its start; a schedule's have no interval yet */
export function attributesOf(pipeline: string, trigger: Trigger, start?: string): SearchAttributePair[] {
  return [
    { key: keys.pipeline, value: pipeline },
    { key: keys.trigger, value: trigger },
    ...(start ? [{ key: keys.intervalStart, value: new Date(start) }] : []),
  ];
}
