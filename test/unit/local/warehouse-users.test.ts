import { expect, test } from 'vitest';
import { z } from 'zod';
import { knownUsers, warehousePassword, warehouseUsers } from '../../../local/warehouse-users.js';
import { readUsers } from '../../../redshift-local/read-users.js';
import { userDirectory } from '../../../redshift-local/users.js';

const credentials = { accessKeyId: 'KEY', secretAccessKey: 'secret', postgresPassword: 'of-postgres' };
const known = z.string().transform(readUsers).parse(knownUsers(credentials));
const directory = userDirectory({ known, mainRole: 'KEY', owner: 'waterclock' });
const caller = { role: 'KEY', accessKey: 'KEY' };

test("the stack's key is the loader's, and secrets name the administrator and the analyst", () => {
  const { administrator, loader, analyst } = warehouseUsers;
  expect(directory.ofRequest({}, caller)).toBe(loader.name);
  expect(directory.ofRequest({ SecretArn: administrator.secretArn }, caller)).toBe('awsuser');
  expect(directory.ofRequest({ SecretArn: analyst.secretArn }, caller)).toBe(analyst.name);
  expect(() => directory.ofRequest({ DbUser: 'awsuser' }, caller)).toThrow(/not authorized/);
  expect(directory.signIn(loader.name)).toEqual({ user: loader.name, databaseRoles: ['loader'], isMade: true });
});

test('each user has a password of its own on the wire', () => {
  const passwords = Object.values(warehouseUsers).map((user) => warehousePassword(credentials, user));
  expect(new Set(passwords).size).toBe(4);
  expect(directory.passwordOf(warehouseUsers.transformer.name)).toBe(
    warehousePassword(credentials, warehouseUsers.transformer),
  );
});

test.each([
  ['{', /^not JSON: /],
  ['[{"name": ""}]', /name/],
  ['[{"name": "a", "roles": []}]', /roles/],
])('users that cannot be read are named: %s', (text, message) => {
  const { error } = z.string().transform(readUsers).safeParse(text);
  expect(error?.issues[0]?.message).toMatch(message);
});
