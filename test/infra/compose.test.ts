import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { healthCheck, command } from '../../infra/container.js';
import { roles } from '../../model/roles.js';

interface Service {
  image?: string;
  command?: unknown;
  healthcheck?: { test?: string[] };
  restart?: string;
  profiles?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  env_file?: { path: string; required: boolean }[];
  read_only?: boolean;
  mem_limit?: string;
  logging?: { options?: Record<string, string> };
  depends_on?: Record<string, { condition: string }>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const { services, volumes } = parse(text, { merge: true }) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const all = Object.entries(services).map(([name, service]) => ({ name, service }));
const example = readFileSync('.env.example', 'utf8');

test.each(all)('$name has a health check, or is a one-off that ends', ({ service }) => {
  const isOneOff = service.restart === 'no' || service.restart?.startsWith('on-failure');
  expect(Boolean(service.healthcheck?.test?.length)).toBe(!isOneOff);
});

test.each(all)('the image of $name is pinned to a full version, or built here', ({ service }) => {
  expect(service.image).toMatch(
    /^(waterclock[a-z-]*:\$\{WATERCLOCK_VERSION:-local\}|[a-z/]+[a-z-]*:v?\d+\.\d+(\.\d+)?[\w.-]*)$/,
  );
});

test.each(all)('$name takes so much memory at most, and its log is cut', ({ service }) => {
  expect(service.mem_limit).toMatch(/^\d+[mg]$/);
  expect(service.logging?.options).toEqual({ 'max-size': '20m', 'max-file': '5' });
});

test.each(all)('the ports of $name are bound to the loopback address', ({ service }) => {
  for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_0-9]+:-\d+\}:\d+$/);
});

test.each(all)('$name has no default password', ({ service }) => {
  const secrets = Object.entries(service.environment ?? {}).filter(([name]) =>
    /PASSWORD|PWD|SECRET|TOKEN|_KEY\b/.test(name),
  );
  // an ARN is a name; one that is a credential ends in what .env has
  const isName = ([name, value]: [string, string]) => name.endsWith('_ARN') && !value.includes('$');
  for (const [, value] of secrets.filter((one) => !isName(one)))
    expect(value).toMatch(/^(arn:[\w:-]+-)?\$\{[A-Z_0-9]+(:\?[^}]*|:-)\}$/);
});

test.each(all)('$name waits for the health or the end of what it stands on', ({ service }) => {
  for (const [on, { condition }] of Object.entries(service.depends_on ?? {})) {
    const isOneOff = services[on]?.restart?.startsWith('on-failure');
    expect(condition).toBe(isOneOff ? 'service_completed_successfully' : 'service_healthy');
  }
});

test('every role has a worker, started and asked for its health as everywhere', () => {
  for (const role of roles) {
    const worker = services[`worker-${role}`];
    expect(worker?.environment?.['WATERCLOCK_ROLES']).toBe(role);
    expect(worker?.command).toEqual(command);
    expect(worker?.healthcheck?.test).toEqual(healthCheck.command);
    expect(worker?.read_only).toBe(true);
  }
});

test.each(all.filter(({ service }) => service.image?.startsWith('waterclock:')))(
  '$name takes secrets, sources and alerts from one file, which may be absent and git never sees',
  ({ service }) => {
    expect(service.env_file).toEqual([{ path: 'waterclock.env', required: false }]);
    expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('waterclock.env');
  },
);

test('every variable that docker-compose.yml requires or defaults is told in .env.example', () => {
  const used = new Set([...text.matchAll(/(?<!\$)\$\{([A-Z_0-9]+)/g)].map(([, name]) => name));
  // a deployer's own, from the shell
  for (const name of [
    'HOME',
    'AWS_PROFILE',
    'DEPLOY_ACCESS_KEY_ID',
    'DEPLOY_SECRET_ACCESS_KEY',
    'DEPLOY_SESSION_TOKEN',
  ]) {
    used.delete(name);
  }
  const told = new Set([...example.matchAll(/^([A-Z_0-9]+)=/gm)].map(([, name]) => name));
  expect(told).toEqual(used);
});

test('every volume that is named is used, so that nothing is kept twice', () => {
  for (const name of Object.keys(volumes)) expect(text).toMatch(new RegExp(`[\\[ ']${name}:/`));
});

const plugin = ['/usr/libexec/docker/cli-plugins/docker-compose', '/usr/local/lib/docker/cli-plugins/docker-compose'];
const compose = plugin.find((path) => existsSync(path)) ?? plugin[0] ?? '';
const isThere = existsSync(compose);

test.skipIf(!isThere)(`docker compose config accepts it with the secrets set (skipped without ${compose})`, () => {
  expect(config(execFileSync('sh', ['infra/compose/make-env.sh'], { encoding: 'utf8' }))).toBe('accepted');
});

test.skipIf(!isThere)(`docker compose config refuses it without secrets (skipped without ${compose})`, () => {
  expect(config(example)).toMatch(/required variable \w+ is missing a value: .* in \.env/);
});

function config(env: string): string {
  const variables = Object.fromEntries(
    [...env.matchAll(/^([A-Z_0-9]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
  const args = ['--env-file', '/dev/null', '--profile', '*', 'config', '--quiet'];
  try {
    execFileSync(compose, args, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
      stdio: 'pipe',
    });
    return 'accepted';
  } catch (error) {
    return String((error as { stderr?: Buffer }).stderr);
  }
}

test('Prometheus asks every container of a kind, however many there are, and an alert knows each kind', () => {
  const { scrape_configs: jobs } = parse(readFileSync('infra/prometheus/prometheus.yml', 'utf8')) as {
    scrape_configs: { job_name: string; dns_sd_configs?: { names: string[] }[] }[];
  };
  const workers = new Set(roles.map((role) => `worker-${role}`));
  const [{ names } = { names: [] }] = jobs.find(({ job_name: name }) => name === 'waterclock')?.dns_sd_configs ?? [];
  expect(new Set(names)).toEqual(workers);
  const rules = readFileSync('infra/prometheus/alerts.yml', 'utf8');
  const absent = [...rules.matchAll(/absent\(up\{job="waterclock", worker="([\w-]+)"\}\)/g)].map(([, name]) => name);
  expect(new Set(absent)).toEqual(workers);
});

test('Prometheus asks Temporal too, and sends its alerts to an Alertmanager that is there', () => {
  const { scrape_configs: jobs, alerting } = parse(readFileSync('infra/prometheus/prometheus.yml', 'utf8')) as {
    scrape_configs: { job_name: string; static_configs?: { targets: string[] }[] }[];
    alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] };
  };
  const asked = jobs.flatMap(({ static_configs: groups = [] }) => groups.flatMap(({ targets }) => targets));
  expect(asked).toEqual([
    `temporal:${services['temporal']?.environment?.['PROMETHEUS_ENDPOINT']?.split(':')[1]}`,
    'alertmanager:9093',
  ]);
  const receivers = alerting.alertmanagers.flatMap(({ static_configs: groups }) =>
    groups.flatMap(({ targets }) => targets),
  );
  expect(receivers).toEqual(['alertmanager:9093']);
  expect(services['alertmanager']?.env_file).toEqual([{ path: 'waterclock.env', required: false }]);
});
