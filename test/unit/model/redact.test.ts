import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redactor } from '../../../model/redact.js';

test.each([
  {
    name: 'PGPASSWORD',
    value: 'hunter2-hunter2',
    text: 'password hunter2-hunter2 was refused',
    shown: 'password *** was refused',
  },
  {
    name: 'AWS_SECRET_ACCESS_KEY',
    value: 'a/b+c/d+e',
    text: 'signed with a/b+c/d+e, in a URL a%2Fb%2Bc%2Fd%2Be',
    shown: 'signed with ***, in a URL ***',
  },
  {
    name: 'TEMPORAL_API_KEY',
    value: 'say "friend"',
    text: 'in JSON: say \\"friend\\", and bare: say "friend"',
    shown: 'in JSON: ***, and bare: ***',
  },
  {
    name: 'WATERCLOCK_SOURCE_CATALOG',
    value: 'https://api.example/?key=0123456789',
    text: 'GET https://api.example/?key=0123456789',
    shown: 'GET https://api.example/?key=***',
  },
  {
    name: 'DATABASE_URL',
    value: 'postgres://me:pass%2Fword@host/db',
    text: 'cannot reach postgres://me:pass%2Fword@host/db',
    shown: 'cannot reach postgres://me:***@host/db',
  },
])('the secret of $name is hidden in: $text', ({ name, value, text, shown }) => {
  expect(redactor({ [name]: value })(text)).toBe(shown);
});

test.each([
  { name: 'WATERCLOCK_REDSHIFT_SECRET_ARN', value: 'arn:aws:secretsmanager:eu-central-1:1:secret:x' },
  { name: 'AWS_ACCESS_KEY_ID', value: 'AKIDEXAMPLE' },
  { name: 'SHORT_TOKEN', value: 'run' },
  { name: 'AWS_ENDPOINT_URL_S3', value: 'http://127.0.0.1:9000' },
])('$name is no secret: $value is told as it is', ({ name, value }) => {
  expect(redactor({ [name]: value })(`got ${value}`)).toBe(`got ${value}`);
});

test('an address that is written wrongly is no reason to fail', () => {
  expect(redactor({ DATABASE_URL: 'postgres://me:100%secret@host/db' })('100%secret')).toBe('***');
});

test('no secret of six letters and more is left in any text around it', () => {
  const secret = fc.string({ minLength: 6 }).filter((text) => !text.includes('*'));
  fc.assert(
    fc.property(secret, secret, fc.string(), (one, other, text) => {
      const hidden = redactor({ A_PASSWORD: one, B_TOKEN: other })(`${text}${one}${text}${other}`);
      expect(hidden).not.toContain(one);
    }),
  );
});

test('a value that is added is hidden in every form, until it is forgotten', () => {
  const redact = redactor({});
  const forget = redact.add('word/+& "x"');
  for (const form of ['word/+& "x"', 'word%2F%2B%26%20%22x%22', 'word%2F%2B%26+%22x%22', 'word/+& \\"x\\"'])
    expect(redact(`got ${form}`)).toBe('got ***');
  forget();
  expect(redact('got word/+& "x"')).toBe('got word/+& "x"');
  redact.add('the');
  expect(redact('the')).toBe('the');
});
