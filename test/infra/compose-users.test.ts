import { expect, test } from 'vitest';
import { readSettings } from '../../model/settings.js';
import { userDirectory } from '../../redshift-local/users.js';
import { composeFile } from '../support/compose-file.js';

const { secrets, services, environmentOf, users: known } = composeFile();
const key = secrets['S3_ACCESS_KEY'] ?? '';
const directory = userDirectory({ known, mainRole: key, owner: 'waterclock' });

/** as whom a container's requests and dbt work, and for whom it could ask */
function usersOf(name: string): Record<string, string | undefined> {
  const environment = environmentOf(name);
  const { redshift } = readSettings(environment, 'dbt');
  const ask = (secretArn: string | undefined) =>
    directory.ofRequest({ ...(secretArn && { SecretArn: secretArn }) }, { role: key } as never);
  const { WATERCLOCK_REDSHIFT_USER: user, WATERCLOCK_REDSHIFT_PASSWORD: password } = environment;
  if (user) expect(password).toBe(directory.passwordOf(user));
  return {
    requests: ask(redshift.secretArn),
    dbt: user,
    administrator: redshift.as?.administrator && ask(redshift.as.administrator.secretArn),
  };
}

const [administrator, loader, transformer, analyst] = [
  'awsuser',
  'IAMR:waterclock-loader',
  'IAMR:waterclock-transformer',
  'IAMR:waterclock-analyst',
];

test.each([
  ['setup', { requests: loader, dbt: undefined, administrator }],
  ['worker-workflows', { requests: analyst, dbt: undefined, administrator: undefined }],
  ['worker-ingest', { requests: analyst, dbt: undefined, administrator: undefined }],
  ['worker-warehouse', { requests: loader, dbt: undefined, administrator: undefined }],
  ['worker-transform', { requests: analyst, dbt: transformer, administrator: undefined }],
  ['waterclock', { requests: loader, dbt: transformer, administrator }],
])('%s works in the warehouse as its role, and can be nobody else', (name, users) => {
  expect(usersOf(name)).toEqual(users);
});

test('each user has the rights of its role when it signs in, and setup gives the loader its schema', () => {
  const roles = known.map(({ name }) => [name, directory.signIn(name).databaseRoles]);
  expect(roles).toEqual([
    [administrator, []],
    [loader, ['loader']],
    [transformer, ['transformer']],
    [analyst, ['analyst']],
  ]);
  expect(readSettings(environmentOf('setup'), 'dbt').redshift.loader).toBe(loader);
});

test('no container but the database and the Data API before it has the password of PostgreSQL', () => {
  const password = secrets['WAREHOUSE_PASSWORD'] ?? '';
  const holders = Object.keys(services).filter((name) => JSON.stringify(services[name]).includes(password));
  expect(holders).toEqual(['warehouse', 'redshift-data']);
});

test('no credential of another user is in a worker', () => {
  const held = (name: string) =>
    Object.keys(secrets).filter(
      (one) =>
        /^WAREHOUSE_.*(SECRET|PASSWORD)$/.test(one) && JSON.stringify(services[name]).includes(secrets[one] ?? ''),
    );
  expect(held('worker-workflows')).toEqual([]);
  expect(held('worker-ingest')).toEqual([]);
  expect(held('worker-warehouse')).toEqual(['WAREHOUSE_LOADER_SECRET']);
  expect(held('worker-transform')).toEqual(['WAREHOUSE_TRANSFORMER_PASSWORD']);
});
