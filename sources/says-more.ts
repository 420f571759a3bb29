/** objects in which APIs tell of pages, beside the document itself */
export const containers = [
  'meta',
  'metadata',
  'paging',
  'pagination',
  'page',
  'pageInfo',
  'page_info',
  'links',
  '_links',
  'response_metadata',
];
const next =
  /^(@?odata\.)?next(_?(page|url|uri|link|href|cursor|token|marker|records_?url|page_?token|page_?url|page_?link))?$|^continuation(_?token)?$/i;
export const more = /^(has_?(more|next|next_?page|more_?pages)|is_?truncated|more)$/i;
export const total = /^(total|total_?(count|results|items|records|elements|hits)|records_?total)$/i;
export const totalPages = /^(total_?pages|page_?count|last_?page)$/i;
const thisPage = /^(page|page_?(number|no)|current_?page|number)$/i;

/**
 * how an answer says that it is not all there is: a next page, `has_more`, a total above what came; undefined where it does not.
 * `records`: those in its list; absent where the document is one record, whose longest list is counted
 */
export function saysMore(document: unknown, records: number | undefined): string | undefined {
  if (!isObject(document)) return undefined;
  const nested = containers.flatMap((name) => {
    const value = Object.hasOwn(document, name) ? document[name] : undefined;
    return isObject(value) ? [{ prefix: `${name}.`, value }] : [];
  });
  const came = records ?? longestList(document);
  for (const { prefix, value } of [{ prefix: '', value: document }, ...nested]) {
    const found = saysMoreHere(value, came);
    if (found) return `${prefix}${found}`;
  }
  return undefined;
}

function saysMoreHere(value: Record<string, unknown>, came: number): string | undefined {
  const members = Object.entries(value);
  const page = Number(members.find(([name, one]) => thisPage.test(name) && typeof one !== 'object')?.[1] ?? 1);
  for (const [name, one] of members) {
    if (more.test(name) && one === true) return `${name} is true`;
    if (next.test(name) && isThere(one) && !isNextRange(value['self'], one)) return `${name} has a value`;
    if (typeof one !== 'number') continue;
    if (total.test(name) && one > came) return `${name} is ${one}, and ${came} came`;
    if (totalPages.test(name) && one > Math.max(page, 1)) return `${name} is ${one}`;
  }
  return undefined;
}

/** whether a next link asks for the days after those of `self`: it leads to the next range, not to the rest of this one */
function isNextRange(self: unknown, link: unknown): boolean {
  if (typeof self !== 'string' || typeof link !== 'string' || !URL.canParse(self) || !URL.canParse(link)) return false;
  const [here, there] = [new URL(self), new URL(link)];
  if (here.origin + here.pathname !== there.origin + there.pathname) return false;
  const moved = [...there.searchParams].filter(([name, value]) => here.searchParams.get(name) !== value);
  const days = moved.map(([name, to]) => ({ from: here.searchParams.get(name) ?? '', to }));
  const end = days
    .map(({ from }) => from)
    .toSorted()
    .at(-1);
  return (
    days.length === 2 && days.every(({ from, to }) => day.test(from) && day.test(to) && end !== undefined && to >= end)
  );
}

const day = /^\d{4}-\d\d-\d\d$/;

function isThere(value: unknown): boolean {
  if (typeof value === 'string') return value !== '';
  if (typeof value === 'number') return true;
  return isObject(value) && Object.values(value).some(isThere);
}

/** at the top or one level below */
function longestList(document: Record<string, unknown>): number {
  const values = Object.values(document);
  const lists = [...values, ...values.flatMap((value) => (isObject(value) ? Object.values(value) : []))];
  return lists.reduce<number>((most, list) => (Array.isArray(list) ? Math.max(most, list.length) : most), 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
