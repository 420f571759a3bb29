import { expect, test } from 'vitest';
import { childEnvironment } from '../../../local/child-environment.js';

test("settings of the user's own deployments do not reach the stack", () => {
  const own = {
    AWS_PROFILE: 'prod',
    AWS_SESSION_TOKEN: 't',
    TEMPORAL_ADDRESS: 'prod:7233',
    PGHOST: 'prod',
    DBT_TARGET: 'prod',
    PATH: '/bin',
  };
  const child = childEnvironment(own);
  expect(Object.keys(child).filter((name) => name in own)).toEqual(['PATH']);
  expect(child['AWS_CONFIG_FILE']).toBe('/dev/null');
});

test('proxies are kept and loopback is left out of them', () => {
  const child = childEnvironment({ HTTPS_PROXY: 'http://proxy:3128', NO_PROXY: 'intern.example,localhost' });
  expect(child['HTTPS_PROXY']).toBe('http://proxy:3128');
  expect(child['NO_PROXY']).toBe('intern.example,localhost,127.0.0.1,::1');
  expect(child['no_proxy']).toBe(child['NO_PROXY']);
});

test('the clock is UTC', () => {
  expect(childEnvironment({ TZ: 'America/New_York' })['TZ']).toBe('UTC');
});
