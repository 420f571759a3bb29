import { expect, test } from 'vitest';
import { parseManifest } from '../../../dbt/artifacts.js';
import { selectWords, taggedNodes, withInputs, withTests } from '../../../dbt/selection.js';
import { selectionKey } from '../../../model/dbt.js';

const node = (unique_id: string, parents: string[] = [], tags: string[] = []) => {
  const [resource_type = '', package_name = '', ...names] = unique_id.split('.');
  const name = names.at(-1) ?? '';
  const fqn = [package_name, 'folder', name];
  const source = resource_type === 'source' && { source_name: names[0] };
  return [
    unique_id,
    { unique_id, name, package_name, fqn, resource_type, tags, depends_on: { nodes: parents }, ...source },
  ];
};

// two tables of one pipeline, a model on each, one on both
const graph = parseManifest(
  JSON.stringify({
    sources: Object.fromEntries([node('source.wc.p.one', [], ['p']), node('source.wc.p.two', [], ['p'])]) as unknown,
    nodes: Object.fromEntries([
      node('model.wc.stg_one', ['source.wc.p.one'], ['p']),
      node('model.wc.stg_two', ['source.wc.p.two'], ['p']),
      node('model.wc.both', ['model.wc.stg_one', 'model.wc.stg_two'], ['p']),
      node('model.wc.below_both', ['model.wc.both'], ['p']),
      node('model.wc.others', ['model.wc.stg_one'], ['q']),
      node('test.wc.unique_row', ['source.wc.p.one']),
      node('test.wc.unique_one', ['model.wc.stg_one']),
      node('test.wc.related', ['model.wc.stg_one', 'model.wc.stg_two']),
    ]) as unknown,
    unit_tests: Object.fromEntries([node('unit_test.wc.logic', ['model.wc.both'])]) as unknown,
  }),
);
const tagged = taggedNodes(graph, 'tag:p') ?? new Set();

test.each([
  { loaded: undefined, failed: undefined, kept: ['below_both', 'both', 'stg_one', 'stg_two', 'p.one', 'p.two'] },
  { loaded: ['p.one', 'p.two'], failed: [], kept: ['below_both', 'both', 'stg_one', 'stg_two', 'p.one', 'p.two'] },
  { loaded: ['p.one'], failed: [], kept: ['below_both', 'both', 'stg_one', 'p.one'] },
  { loaded: ['p.one'], failed: ['p.two'], kept: ['stg_one', 'p.one'] },
  { loaded: undefined, failed: ['p.two'], kept: ['stg_one', 'p.one'] },
  { loaded: [], failed: ['p.one', 'p.two'], kept: [] },
  { loaded: ['elsewhere.table'], failed: [], kept: [] },
])('loaded $loaded, failed $failed: $kept is built', ({ loaded, failed, kept }) => {
  const nodes = withInputs(graph, tagged, { select: 'tag:p', ...(loaded && { loaded }), ...(failed && { failed }) });
  expect([...nodes].map((id) => id.replace(/^(model|source)\.wc\./, '')).sort()).toEqual(kept.toSorted());
});

test('a test comes along when all that it looks at is there', () => {
  const tests = (nodes: string[]) => [...withTests(graph, new Set(nodes))].filter((id) => id.includes('test.')).sort();
  expect(tests(['source.wc.p.one', 'model.wc.stg_one'])).toEqual(['test.wc.unique_one', 'test.wc.unique_row']);
  expect(tests(['model.wc.both'])).toEqual(['unit_test.wc.logic']);
  expect(tests(['model.wc.stg_one', 'model.wc.stg_two'])).toEqual(['test.wc.related', 'test.wc.unique_one']);
});

test('a node is named so that dbt finds it alone', () => {
  expect(selectWords(graph, ['model.wc.both', 'source.wc.p.one', 'model.wc.gone'])).toEqual([
    'wc.folder.both',
    'source:wc.p.one',
  ]);
});

test.each(['tag:a+', 'tag:a,tag:b', 'tag:a mart_b', 'tag:a*', 'mart_a', 'state:modified'])(
  '%s is left to dbt to resolve',
  (select) => expect(taggedNodes(graph, select)).toBeUndefined(),
);

test('of several tags the nodes of each are meant', () => {
  const both = [...(taggedNodes(graph, 'tag:p') ?? []), ...(taggedNodes(graph, 'tag:q') ?? [])];
  expect(taggedNodes(graph, 'tag:p tag:q')).toEqual(new Set(both));
});

test('selections that mean the same have one key', () => {
  expect(selectionKey({ select: 'tag:p' })).toBe('tag:p');
  expect(selectionKey({ select: 'tag:p', loaded: ['p.two', 'p.one'], failed: [] })).toBe(
    selectionKey({ select: 'tag:p', loaded: ['p.one', 'p.two'] }),
  );
  expect(selectionKey({ select: 'tag:p', failed: ['p.one'] })).not.toBe(selectionKey({ select: 'tag:p' }));
});
