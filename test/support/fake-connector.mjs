#!/usr/bin/env node
// speaks the Airbyte protocol, and that of Singer where it is started as fake-tap; what it does is in its config
import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const [, program, ...args] = process.argv;
const isTap = /(fake-tap|tap-fake)$/.test(program);
const option = (name) => (args.includes(name) ? args[args.indexOf(name) + 1] : undefined);
const json = (name) => (option(name) === undefined ? undefined : JSON.parse(readFileSync(option(name), 'utf8')));
const config = json('--config');
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const names = ['orders', 'people'];

if (args.includes('--discover')) {
  const schema = { properties: { id: { type: 'integer' }, text: { type: 'string' } } };
  const metadata = [{ breadcrumb: [], metadata: { 'table-key-properties': ['id'], 'valid-replication-keys': ['id'] } }];
  const streams = names.map((name) => ({ tap_stream_id: name, stream: name, schema, metadata }));
  process.stdout.write(`${JSON.stringify({ streams }, null, 2)}\n`);
} else if (args[0] === 'check') {
  say({ type: 'LOG', log: { level: 'WARN', message: `trying ${config.token}` } });
  const message = config.refused ? `the key ${config.token} was refused` : undefined;
  if (config.trace) say({ type: 'TRACE', trace: { type: 'ERROR', error: config.trace } });
  else say({ type: 'CONNECTION_STATUS', connectionStatus: { status: message ? 'FAILED' : 'SUCCEEDED', message } });
} else if (args[0] === 'discover') {
  say({ type: 'LOG', log: { level: 'INFO', message: 'looking' } });
  const streams = names.map((name) => ({
    name,
    json_schema: { properties: { id: { type: 'integer' }, text: { type: 'string' } } },
    source_defined_primary_key: [['id']],
    default_cursor_field: ['id'],
    supported_sync_modes: ['full_refresh', 'incremental'],
  }));
  say({ type: 'CATALOG', catalog: { streams } });
} else {
  const { streams } = json('--catalog');
  const chosen = streams.map((one) => one.stream.name ?? one.stream);
  const state = json('--state');
  if (config.tellsAll) {
    const mode = (statSync(option('--config')).mode & 0o777).toString(8);
    process.stderr.write(`told ${JSON.stringify({ config, mode, streams, state, env: process.env })}\n`);
  }
  process.stdout.write('a library says hello\n');
  if (config.ignoresSignals) process.on('SIGTERM', () => process.stderr.write('not now\n'));
  const from = (name) =>
    isTap
      ? (state?.[name] ?? 0)
      : (state?.find(({ stream }) => stream.stream_descriptor.name === name)?.stream.stream_state.at ?? 0);
  const at = Object.fromEntries(chosen.map((name) => [name, from(name)]));
  for (let round = 0; round < config.records; round++) {
    for (const name of chosen) {
      if (at[name] >= config.records) continue;
      const data = { id: ++at[name], text: config.text ?? '' };
      say(
        isTap
          ? { type: 'RECORD', stream: name, record: data }
          : { type: 'RECORD', record: { stream: name, data, emitted_at: 0 } },
      );
      if (at[name] % config.stateEvery === 0) {
        const stream_descriptor = { name };
        say(
          isTap
            ? { type: 'STATE', value: at }
            : {
                type: 'STATE',
                state: { type: 'STREAM', stream: { stream_descriptor, stream_state: { at: at[name] } } },
              },
        );
      }
    }
    if (config.hangsAfter === round + 1) await sleep(60_000);
    if (config.diesAfter === round + 1) process.kill(process.pid, 'SIGKILL');
  }
  if (config.trace) say({ type: 'TRACE', trace: { type: 'ERROR', error: config.trace } });
  if (config.foreign) say({ type: 'RECORD', record: { stream: 'foreign', data: {} } });
  if (config.code) process.stderr.write('it broke\n');
  process.exitCode = config.code ?? 0;
}
