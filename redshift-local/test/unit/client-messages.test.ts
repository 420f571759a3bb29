import { PassThrough } from 'node:stream';
import { serialize } from 'pg-protocol';
import { expect, test } from 'vitest';
import { messages, reader } from '../../wire/client-messages.js';

function client() {
  const stream = new PassThrough();
  return { stream, sent: messages(stream, reader(stream)) };
}
const parse = serialize.parse({ name: 'one', text: 'select 1' });
const describe = serialize.describe({ type: 'S', name: 'one' });
const execute = serialize.execute({ portal: '', rows: 0 });

test('a Sync goes along where only what needs no PostgreSQL comes before it, and no message is lost', async () => {
  const { stream, sent } = client();
  stream.write(Buffer.concat([parse, serialize.flush(), describe, serialize.flush(), serialize.sync(), execute]));
  expect((await sent.next())?.code).toBe('P');
  expect(sent.isSyncNext()).toBe(true);
  const rest = [];
  for (let at = 0; at < 5; at++) rest.push((await sent.next())?.code);
  expect(rest).toEqual(['H', 'D', 'H', 'S', 'E']);
});

test.each([
  ['another statement comes first', Buffer.concat([execute, serialize.sync()])],
  ['a portal is described first', Buffer.concat([serialize.describe({ type: 'P', name: '' }), serialize.sync()])],
  ['nothing has come yet', Buffer.alloc(0)],
  ['it has come in part', serialize.sync().subarray(0, 3)],
])('it does not where %s', async (_, bytes) => {
  const { stream, sent } = client();
  stream.write(Buffer.concat([parse, bytes]));
  await sent.next();
  expect(sent.isSyncNext()).toBe(false);
});

test('a message that has come in part is read when the rest is here', async () => {
  const { stream, sent } = client();
  stream.write(Buffer.concat([parse, describe.subarray(0, 7)]));
  await sent.next();
  expect(sent.isSyncNext()).toBe(false);
  const next = sent.next();
  stream.write(describe.subarray(7));
  expect((await next)?.frame).toEqual(describe);
});
