import { billedSeconds, type Measured } from '../statements/billed.js';
import { prices, type Item } from './prices.js';

export interface Priced {
  profile: string;
  rows: { item: Item; quantity: number; price: number; month: number }[];
  sum: number;
}

const cents = (value: number): number => Math.round(value * 100) / 100;

/** the lines of one environment that cost something, in the order of the price table */
export function priced(profile: string, quantities: Partial<Record<Item, number>>): Priced {
  const rows = (Object.keys(prices) as Item[]).flatMap((item) => {
    const quantity = Math.round((quantities[item] ?? 0) * 10) / 10;
    const { price } = prices[item];
    return quantity > 0 ? [{ item, quantity, price, month: cents(quantity * price) }] : [];
  });
  return { profile, rows, sum: cents(rows.reduce((total, { month }) => total + month, 0)) };
}

export const sumsTable = (all: Priced[]): string =>
  ['|  | a month |', '| --- | ---: |', ...all.map(({ profile, sum }) => `| ${profile} | ${sum.toFixed(2)} |`)].join(
    '\n',
  );

export function table({ rows, sum }: Priced): string {
  const lines = rows.map(
    ({ item, quantity, price, month }) =>
      `| ${item} | ${quantity} | ${prices[item].unit} | ${price.toFixed(5)} | ${month.toFixed(2)} |`,
  );
  const head = ['| what | quantity | unit | price | a month |', '| --- | ---: | --- | ---: | ---: |'];
  return [...head, ...lines, `| **sum** | | | | **${sum.toFixed(2)}** |`].join('\n');
}

export function statementsTable(measured: Measured[]): string {
  const lines = measured.map(
    (one) => `| \`${one.pipeline}\` | ${one.aDay} | ${one.statements} | ${one.nodes} | ${billedSeconds(one)} |`,
  );
  const head = [
    '| example | runs a day | statements | nodes of dbt | seconds billed |',
    '| --- | ---: | ---: | ---: | ---: |',
  ];
  return [...head, ...lines].join('\n');
}

/** replaces what is between `<!-- name -->` and `<!-- /name -->` */
export function fill(page: string, parts: Record<string, string>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`the page lacks ${begin} ... ${end}: add both on lines of their own`);
    return `${text.slice(0, from + begin.length)}\n\n${part}\n\n${text.slice(to)}`;
  }, page);
}
