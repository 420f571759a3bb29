import { expect, test } from 'vitest';
import { defineProject } from '../../../define/project.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

test('a project keeps its pools, and has none by itself', () => {
  const pipelines = [tinyPipeline({ pool: 'shop-api' })];
  expect(defineProject({ pipelines, pools: { 'shop-api': 2 } })).toMatchObject({
    pipelines: [{ pool: 'shop-api' }],
    pools: { 'shop-api': 2 },
  });
  expect(defineProject({ pipelines: [tinyPipeline()] }).pools).toEqual({});
});

test.each([
  [{}, "pipeline tiny names the pool 'shop-api', which is not one of the project's (the project has none)"],
  [{ shop_api: 2, crm: 1 }, "which is not one of the project's (known: shop_api, crm)"],
  [{}, "add it to `pools` of defineProject, as in `pools: { 'shop-api': 2 }`, or name another"],
])('a pool that the project %j lacks is refused, with those that are known and what to do', (pools, message) => {
  expect(() => defineProject({ pipelines: [tinyPipeline({ pool: 'shop-api' })], pools })).toThrow(message);
});

test.each([0, -1, 1.5, NaN, Infinity])('%d slots are refused', (slots) => {
  expect(() => defineProject({ pipelines: [], pools: { crm: slots } })).toThrow(
    `the pool 'crm' has ${slots} slots, and must have a whole number of them, 1 or more`,
  );
});

test.each(['Shop', 'a b', '', '-a', 'toString:x', 'a'.repeat(65)])("'%s' is refused as a pool's name", (name) => {
  expect(() => defineProject({ pipelines: [], pools: { [name]: 1 } })).toThrow(`the pool '${name}' does not fit`);
});

test('what every object has is not a pool', () => {
  expect(() => defineProject({ pipelines: [tinyPipeline({ pool: 'constructor' })] })).toThrow("the pool 'constructor'");
});
