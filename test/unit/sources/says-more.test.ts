import { expect, test } from 'vitest';
import { saysMore } from '../../../sources/says-more.js';

function range(self: string, next: string) {
  return { links: { self: `https://x/feed?${self}`, next: `https://x/feed?${next}` }, count: 9 };
}

test.each<[unknown, number | undefined, string]>([
  [{ has_more: true }, 1, 'has_more is true'],
  [{ hasMore: true }, 1, 'hasMore is true'],
  [{ next: 'https://x/2' }, 1, 'next has a value'],
  [{ next_cursor: 'a' }, 1, 'next_cursor has a value'],
  [{ nextPageToken: 'a' }, 1, 'nextPageToken has a value'],
  [{ '@odata.nextLink': 'https://x' }, 1, '@odata.nextLink has a value'],
  [{ paging: { next: 'https://x' } }, 1, 'paging.next has a value'],
  [{ _links: { next: { href: 'https://x' } } }, 1, '_links.next has a value'],
  [{ pageInfo: { hasNextPage: true } }, 1, 'pageInfo.hasNextPage is true'],
  [{ response_metadata: { next_cursor: 'x' } }, 1, 'response_metadata.next_cursor has a value'],
  [{ total: 60 }, 25, 'total is 60, and 25 came'],
  [{ meta: { total_count: 60 } }, 25, 'meta.total_count is 60, and 25 came'],
  [{ users: [1, 2], total: 3 }, undefined, 'total is 3, and 2 came'],
  [{ data: { items: [1, 2] }, total: 3 }, undefined, 'total is 3, and 2 came'],
  [{ page: 1, total_pages: 3 }, 10, 'total_pages is 3'],
  [range('from=2018-02-01&to=2018-02-03', 'from=2018-02-01&to=2018-02-03&page=2'), 9, 'links.next has a value'],
  [range('from=2018-02-01', 'from=2018-02-02'), 9, 'links.next has a value'],
  [range('from=2018-02-01&to=2018-02-05', 'from=2018-02-03&to=2018-02-06'), 9, 'links.next has a value'],
  [range('from=2018-02-01&to=2018-02-03', 'from=2018-02-03&to=2018-02-05&key=2'), 9, 'links.next has a value'],
])('%j of %s says so', (document, records, want) => {
  expect(saysMore(document, records)).toBe(want);
});

test.each<[unknown, number | undefined]>([
  [{ has_more: false, next: null, next_cursor: '', total: 25 }, 25],
  [{ _links: { next: {} }, paging: { cursors: { after: 'x' } } }, 25],
  [{ users: [1, 2], total: 2 }, undefined],
  [{ page: 3, total_pages: 3 }, 5],
  [range('from=2018-02-01&to=2018-02-03&key=a', 'from=2018-02-03&to=2018-02-05&key=a'), 9],
  [range('from=2018-02-01&to=2018-02-03', 'from=2018-02-04&to=2018-02-06'), 9],
  [{ type: 'FeatureCollection', metadata: { count: 20, status: 200 } }, 11],
  [{ nextLaunch: 'x', total_weight: 99 }, 1],
  [[{ next: 'x' }], 1],
  ['text', undefined],
  [null, undefined],
])('%j of %s does not', (document, records) => {
  expect(saysMore(document, records)).toBeUndefined();
});
