import { expect, test } from 'vitest';
import { labelledWith, memoOf } from '../../../control/labels.js';
import { scheduleOf, differences } from '../../../control/schedules.js';
import { tinyPipeline } from '../../support/tiny-pipeline.js';

const pipelines = [
  tinyPipeline({ name: 'orders', owner: 'shop', tags: ['finance', 'pii'] }),
  tinyPipeline({ name: 'invoices', owner: 'books', tags: ['finance'] }),
  tinyPipeline({ name: 'weather' }),
];

test.each([
  [{}, ['orders', 'invoices', 'weather']],
  [{ owner: ['shop', 'books'] }, ['orders', 'invoices']],
  [{ tag: ['finance'] }, ['orders', 'invoices']],
  [{ tag: ['finance', 'pii'] }, ['orders']],
  [{ owner: ['books'], tag: ['pii'] }, []],
])('%j lists %j', (labels, names) => {
  expect(labelledWith(pipelines, labels).map(({ name }) => name)).toEqual(names);
});

test('a label that no definition has is refused, with those that there are', () => {
  expect(() => labelledWith(pipelines, { tag: ['finanse'] })).toThrow(
    "no pipeline has the tag 'finanse' (known: finance, pii)",
  );
  expect(() => labelledWith(pipelines.slice(2), { owner: ['shop'] })).toThrow('known: none is set in a definition');
});

test('a schedule hands the labels to its runs, and a changed owner is a difference', () => {
  const [orders = tinyPipeline()] = pipelines;
  const wanted = scheduleOf(orders, 'queue', undefined);
  expect(wanted.action.memo).toEqual({ owner: 'shop', tags: ['finance', 'pii'] });
  expect(memoOf(tinyPipeline())).toBeUndefined();
  const { policies, action, spec } = wanted;
  const found = { spec, policies, action: { ...action, memo: { owner: 'books' } } } as never;
  expect(differences(wanted, found)).toContainEqual({
    what: 'memo',
    from: { owner: 'books' },
    to: { owner: 'shop', tags: ['finance', 'pii'] },
  });
});
