import { expect, test } from 'vitest';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

test('a definition keeps its owner and tags, and needs neither', () => {
  const labels = { owner: 'data-platform', tags: ['finance', 'pii'] };
  expect(tinyPipeline(labels).policy).toMatchObject(labels);
  expect(tinyPipeline().policy).not.toHaveProperty('owner');
  expect(tinyPipeline({ tags: [] }).policy).not.toHaveProperty('tags');
});

test.each(['@data-platform', '#alerts', 'Equipo de Análisis', 'team+data@example.com', 'x'.repeat(64)])(
  'the owner %s fits',
  (owner) => {
    expect(tinyPipeline({ owner }).policy.owner).toBe(owner);
  },
);

test.each(['', ' x', '<!channel>', 'a\nb', 'a, b', 'x'.repeat(65)])('the owner %j is refused', (owner) => {
  expect(() => tinyPipeline({ owner })).toThrow('does not fit: up to 64 letters');
});

test.each(['', 'Finance', 'with space', '-x', 'a,b', 'x'.repeat(41)])('the tag %j is refused', (tag) => {
  expect(() => tinyPipeline({ tags: [tag] })).toThrow('does not fit: up to 40 lower-case letters');
});

test('all problems of the labels are named at once', () => {
  const tags = [...Array.from({ length: 20 }, (_, at) => `t${at}`), 't0', 'B'];
  expect(() => tinyPipeline({ owner: '!', tags })).toThrow(/tag 'B'.*owner '!'.*22 tags are more than.*there twice/);
});
