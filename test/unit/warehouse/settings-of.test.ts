import { expect, test } from 'vitest';
import { readSettings } from '../../../model/settings.js';
import { settingsOf } from '../../../warehouse/settings-of.js';

const environment = {
  WATERCLOCK_LAKE_BUCKET: 'lake',
  WATERCLOCK_REDSHIFT_DATABASE: 'warehouse',
  WATERCLOCK_REDSHIFT_CLUSTER: 'main',
  WATERCLOCK_REDSHIFT_DB_USER: 'loader',
  WATERCLOCK_REDSHIFT_LOADER: 'loader',
  WATERCLOCK_COPY_ROLE_ARN: 'arn:aws:iam::1:role/copy',
  WATERCLOCK_REDSHIFT_ADMINISTRATOR_SECRET_ARN: 'arn:secret:admin',
};
const { redshift } = readSettings(environment);

test('setup is another user than who loads, where the settings name one', () => {
  const administrator = settingsOf(redshift, 'administrator');
  expect(administrator).toMatchObject({ cluster: 'main', secretArn: 'arn:secret:admin', loader: 'loader' });
  expect(administrator.dbUser).toBeUndefined();
});

test('where the settings name none, all work as who loads', () => {
  expect(settingsOf(redshift, 'analyst')).toBe(redshift);
  expect(settingsOf(redshift, undefined).dbUser).toBe('loader');
});
