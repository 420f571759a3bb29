import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inferSample } from '../../../infer/infer-sample.js';
import { mostBytes, readBytes } from '../../../infer/read-bytes.js';
import { wholeJson } from '../../../infer/whole-json.js';

test('a document that is cut anywhere is a whole one again, with what came before', () => {
  const documents = fc.jsonValue().filter((value) => typeof value === 'object' && value !== null);
  fc.assert(
    fc.property(documents, fc.nat(), (value, at) => {
      const text = JSON.stringify(value);
      expect(JSON.parse(wholeJson(text))).toEqual(JSON.parse(text));
      expect(() => JSON.parse(wholeJson(text.slice(0, 1 + (at % text.length))))).not.toThrow();
    }),
  );
});

test('of a large document so much is read, up to its last whole record', { timeout: 60_000 }, async () => {
  const record = (id: number) => `{"id":${id},"note":"${'x'.repeat(9_000)}"}`;
  let sent = 0;
  async function* document() {
    yield Buffer.from('{"data":[');
    for (let id = 0; ; id++) {
      const piece = Buffer.from(`${id ? ',' : ''}${record(id)}`);
      sent += piece.length;
      yield piece;
    }
  }
  const body = await readBytes(document());
  expect(body).toMatchObject({ bytes: mostBytes, isWhole: false });
  // what follows was not asked for
  expect(sent).toBeLessThan(mostBytes + 100_000);
  const found = await inferSample('large', [{ ...body, name: 'large.json' }], false);
  expect(found).toMatchObject({ form: { form: 'json', at: 'data' }, isCut: true });
  expect(found.records).toBeGreaterThan(1_800);
  expect(found.entities.map(({ name, key }) => [name, key])).toEqual([['large', ['id']]]);
});
