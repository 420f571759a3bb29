import { readFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { awakeShare } from '../../bench/cost/awake.js';
import { fill, priced } from '../../bench/cost/page.js';
import { billedSeconds, rpuHours } from '../../bench/statements/billed.js';
import { settings as environments } from '../../examples/infra/settings.js';
import { costPage, measured, pricedProfiles } from '../support/cost-page.js';

const page = readFileSync('docs/cost.md', 'utf8');
const all = new Map(pricedProfiles().map((one) => [one.profile, one]));
const quantity = (profile: string, item: string) =>
  all.get(profile)?.rows.find((row) => row.item === item)?.quantity ?? 0;

test('the page is what `npm run docs:cost` writes', async () => {
  const options = { ...(await resolveConfig('docs/cost.md')), parser: 'markdown' };
  expect(page).toBe(await format(costPage(page), options));
});

test.each([...all])('each line of %s is quantity times price, and the sum is theirs', (_, { rows, sum }) => {
  expect(rows.length).toBeGreaterThan(15);
  for (const { quantity, price, month } of rows) expect(Math.abs(quantity * price - month)).toBeLessThan(0.0051);
  expect(rows.reduce((total, { month }) => total + month, 0)).toBeCloseTo(sum, 2);
});

test("a small team's dev costs less than 150 dollars, and its prod with Temporal Cloud less than 400", () => {
  expect(all.get('small dev')?.sum).toBeLessThan(150);
  expect(all.get('small prod')?.sum).toBeLessThan(400);
  expect(quantity('small prod', 'Temporal Cloud, plan')).toBe(1);
});

test('a worker on demand is counted for the part of the month in which it is up, on the capacity that its settings name', () => {
  const hours = 730;
  const share = awakeShare(measured);
  expect(share).toBeGreaterThan(0.1);
  expect(share).toBeLessThan(0.5);
  // one CPU for the worker; the publisher of the metrics and Temporal have a quarter each
  expect(quantity('small dev', 'Fargate Spot, vCPU')).toBeCloseTo((share + 0.25) * hours, 0);
  expect(quantity('small dev', 'Fargate, vCPU')).toBe(0.25 * hours);
  expect(quantity('small dev', 'public IPv4 addresses')).toBeCloseTo((share + 2) * hours, 0);
});

describe('what the warehouse is sent', () => {
  test('hours follow from the counted statements, and a day of each environment stays below its limit', () => {
    expect(measured.map(billedSeconds)).toEqual([78, 141, 151]);
    const { dev, prod } = environments;
    const queries = 2 * prod.warehouse.baseCapacity * (365 / 12);
    expect(quantity('dev', 'Redshift, capacity')).toBeCloseTo(rpuHours(measured, dev.warehouse.baseCapacity), 1);
    expect(quantity('prod', 'Redshift, capacity')).toBeCloseTo(
      rpuHours(measured, prod.warehouse.baseCapacity) + queries,
      1,
    );
    const aDay = (profile: string) => quantity(profile, 'Redshift, capacity') / (365 / 12);
    expect(aDay('dev')).toBeLessThan(dev.warehouse.usageLimit.rpuHoursPerDay);
    expect(aDay('small dev')).toBeLessThan(dev.warehouse.usageLimit.rpuHoursPerDay);
    expect(aDay('small prod')).toBeLessThan(32);
  });
});

test('what costs nothing has no line, and a page without a mark is refused', () => {
  expect(priced('x', { secrets: 0, dashboards: 2 })).toEqual({
    profile: 'x',
    rows: [{ item: 'dashboards', quantity: 2, price: 3, month: 6 }],
    sum: 6,
  });
  expect(() => fill('a page', { sums: '' })).toThrow('the page lacks <!-- sums --> ... <!-- /sums -->');
});
