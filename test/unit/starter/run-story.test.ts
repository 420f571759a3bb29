import { defaultPayloadConverter } from '@temporalio/common';
import { expect, test } from 'vitest';
import { storyOf, type HistoryEvent } from '../../../control/run-story.js';

const update = (name: string, ...args: unknown[]): HistoryEvent => ({
  workflowExecutionUpdateAcceptedEventAttributes: {
    acceptedRequest: {
      input: { name, args: { payloads: args.map((value) => defaultPayloadConverter.toPayload(value)) } },
    },
  },
});

test.each([
  [update('resolve', 'skip', { by: 'ada', note: 'no file' }), 'told to resolve skip by ada: no file'],
  [update('resolve', 'retry', { by: 'ada' }), 'told to resolve retry by ada'],
  [update('resolve', 'retry'), 'told to resolve retry'],
  [update('cancel', { now: true }), 'told to cancel now true'],
  [update('setMaxActive', 3), 'told to setMaxActive 3'],
  [update('pause'), 'told to pause'],
])('an Update reads as who asks for what: %#', (event, text) => {
  expect(storyOf([event])).toMatchObject([{ step: 'run', text }]);
});
