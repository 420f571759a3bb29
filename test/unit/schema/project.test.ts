import { expect, test } from 'vitest';
import project from '../../../waterclock.config.js';
import { defineProject } from '../../../schema/project.js';
import type { Pipeline } from '../../../schema/pipeline.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

test('two pipelines of one name are refused, by their name', () => {
  expect(() => defineProject({ pipelines: [...project.pipelines, ...project.pipelines.slice(0, 1)] })).toThrow(
    `the project: two pipelines share the name ${project.pipelines[0]?.name}`,
  );
});

test('pipelines whose runs would wait for each other are all named', () => {
  const [a, b, c, d] = [
    ['a', 'c'],
    ['b', 'a'],
    ['c', 'b'],
    ['d', 'a'],
  ].map(([name = '', after = '']) => tinyPipeline({ name, after: [after] })) as [
    Pipeline,
    Pipeline,
    Pipeline,
    Pipeline,
  ];
  expect(() => defineProject({ pipelines: [a, b, c, d] })).toThrow(
    /runs of a would wait for themselves: its `after` leads back to it; runs of b .*; runs of c /,
  );
  expect(() => defineProject({ pipelines: [{ ...a, policy: { ...a.policy, after: [] } }, b, c, d] })).not.toThrow();
  expect(() => defineProject({ pipelines: [tinyPipeline({ name: 'e', after: ['e'] })] })).toThrow(/runs of e/);
});
