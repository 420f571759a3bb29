import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { ordersOf } from '../../bench/dlt/orders.js';
import { pythonVenv } from '../../local/setup/python-venv.mjs';
import { redactor } from '../../model/redact.js';
import { sourceSession } from '../../sources/http/session.js';
import { openSource } from '../../sources/open-source.js';
import { hostileApi } from '../support/hostile-api.js';

const word = 'planted-client-word/+&=77';
const interval = { start: '2022-11-24T10:00:00Z', end: '2022-11-24T11:00:00Z' };

interface Row {
  id: number;
  note: string;
}
const byId = (rows: Row[]) => rows.toSorted((a, b) => a.id - b.id);

test('the 10,000 rows of a paged API behind OAuth2 are those that dlt reads', async ({ skip }) => {
  const python = await pythonVenv('bench', process.env).catch((error: unknown) => {
    skip(`dlt cannot be installed: ${String(error)}`);
    return '';
  });
  const api = await hostileApi(word, { isHostile: false });
  try {
    const begun = Date.now();
    const theirs = await promisify(execFile)(python, ['bench/dlt/orders.py', api.url, interval.start, interval.end], {
      env: { ...process.env, SHOP_CLIENT_WORD: word, RUNTIME__DLTHUB_TELEMETRY: 'false' },
      maxBuffer: 2 ** 28,
    });
    const between = Date.now();
    const session = sourceSession({ SHOP_CLIENT_WORD: word }, redactor({}));
    const ours: Row[] = [];
    const { signal } = new AbortController();
    for await (const object of openSource(ordersOf(api.url), { session }).list(interval, signal)) {
      const pieces: Uint8Array[] = [];
      for await (const piece of await object.open(signal)) pieces.push(piece);
      ours.push(...(JSON.parse(Buffer.concat(pieces).toString()) as { data: { items: Row[] } }).data.items);
    }
    const rows = theirs.stdout.trim().split('\n');
    expect(ours).toHaveLength(10_000);
    expect(byId(rows.map((line) => JSON.parse(line) as Row))).toEqual(byId(ours));
    process.stderr.write(`dlt ${(between - begun) / 1000} s with its start, ours ${(Date.now() - between) / 1000} s\n`);
  } finally {
    api.close();
  }
});

test('the definition is not longer than that of dlt', () => {
  const linesOf = (file: string) => {
    const lines = readFileSync(new URL(`../../bench/dlt/${file}`, import.meta.url), 'utf8').split('\n');
    const [from, to] = ['definition', 'end'].map((word) =>
      lines.findIndex((line) => /^\s*(#|\/\/) (\w+)$/.exec(line)?.[2] === word),
    );
    return lines.slice((from ?? 0) + 1, to).length;
  };
  expect(linesOf('orders.ts')).toBeLessThanOrEqual(linesOf('orders.py'));
});
