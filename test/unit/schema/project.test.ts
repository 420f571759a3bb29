import { expect, test } from 'vitest';
import project from '../../../waterclock.config.js';
import { defineProject } from '../../../schema/project.js';

test('two pipelines of one name are refused, by their name', () => {
  expect(() => defineProject({ pipelines: [...project.pipelines, ...project.pipelines.slice(0, 1)] })).toThrow(
    `the project: two pipelines share the name ${project.pipelines[0]?.name}`,
  );
});
