import { expect, test } from 'vitest';
import { outputs, stacks } from '../../control/doctor/aws-checks.js';
import { environment, names } from './templates.js';

test.each(names)('what the doctor asks of %s is what its stacks say', (name) => {
  const { stacks: made } = environment(name);
  expect(new Set(stacks)).toEqual(new Set(Object.keys(made)));
  const said = new Set(Object.values(made).flatMap((template) => Object.keys(template.Outputs ?? {})));
  expect(outputs.filter((key) => !said.has(key))).toEqual([]);
  expect([...said].filter((key) => key.startsWith('Service')).length).toBeGreaterThan(0);
});
