import { expect, test } from 'vitest';
import { TerminalError } from '../../../model/errors.js';
import { explain, rootMessage } from '../../../control/explain.js';
import { CommandFailure } from '../../../control/failure.js';

test('a terminal error comes with its remedy', () => {
  expect(explain(new TerminalError('ManifestMissing', 'runs/x.json does not exist'))).toEqual({
    message: 'runs/x.json does not exist: retry from an earlier step',
    exitCode: 1,
  });
});

test('a refused connection is exit 3, however deep it lies', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' });
  const wrapped = new Error('could not send', { cause: new AggregateError([refused]) });
  expect(explain(wrapped).exitCode).toBe(3);
  expect(explain(new AggregateError([refused])).message).toMatch(/^connect ECONNREFUSED 127.0.0.1:1: is the stack up/);
  expect(explain(Object.assign(new Error('14 UNAVAILABLE'), { code: 14 })).exitCode).toBe(3);
});

test('anything else is one line, exit 1', () => {
  expect(explain(new Error('two\n  lines'))).toEqual({ message: 'two lines', exitCode: 1 });
  expect(explain(new CommandFailure(2, 'no'))).toEqual({ message: 'no', exitCode: 2 });
});

test('a failed workflow tells its reason, not its wrappers', () => {
  const reason = Object.assign(new Error('validate: TooManyRejected: 20 of 100'), { name: 'ApplicationFailure' });
  const failed = Object.assign(new Error('Workflow execution failed', { cause: reason }), {
    name: 'WorkflowFailedError',
  });
  expect(rootMessage(failed)).toBe('validate: TooManyRejected: 20 of 100');
});
