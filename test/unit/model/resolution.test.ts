import { expect, test } from 'vitest';
import { resolutionProblem, resolvedText } from '../../../model/resolution.js';

test.each([
  ['retry', undefined, undefined],
  ['skip', null, undefined],
  ['fail', { by: 'ada', note: 'ticket 4711' }, undefined],
  ['again', undefined, 'resolve takes retry, skip, fail, got again'],
  ['skip', 'ada', 'resolve takes { by, note } after skip, got string'],
  ['skip', { by: 7 }, 'by is a text, got number'],
  ['skip', { by: 'ada', note: 'é'.repeat(1_001) }, 'note has up to 1000 letters, got 1001'],
])('the answer %s with %j: %s', (answer, reason, problem) => {
  expect(resolutionProblem(answer, reason)).toBe(problem);
});

test('an answer reads as who gave it and why, where they are known', () => {
  const at = '2022-11-24T12:00:00.000Z';
  expect(resolvedText({ answer: 'skip', by: 'ada', note: 'no file', at })).toBe('skip by ada: no file');
  expect(resolvedText({ answer: 'retry', at })).toBe('retry');
});
