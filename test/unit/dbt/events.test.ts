import { expect, test } from 'vitest';
import { dbtEvents } from '../../../dbt/events.js';

const line = (name: string, data: object, level = 'info', msg = '') =>
  JSON.stringify({ info: { name, level, msg, ts: '2026-01-01T00:00:00Z' }, data });
const started = (id: string) =>
  line('LogStartLine', { total: 3, node_info: { unique_id: `model.wc.${id}`, node_name: id, node_status: 'started' } });
const ended = (id: string, status: string) =>
  line('LogModelResult', { node_info: { unique_id: `model.wc.${id}`, node_name: id, node_status: status } });

test('follows which nodes run, are done and failed', () => {
  const events = dbtEvents();
  for (const text of [started('a'), started('b'), ended('a', 'success'), started('c'), ended('c', 'error')]) {
    events.read(text);
  }
  expect(events.progress()).toEqual({
    done: 2,
    total: 3,
    failed: 1,
    running: ['b'],
    ended: [
      { name: 'c', status: 'error' },
      { name: 'a', status: 'success' },
    ],
  });
});

test('a node that is retried has not failed any more', () => {
  const events = dbtEvents();
  for (const text of [started('a'), ended('a', 'error'), started('a'), ended('a', 'success')]) events.read(text);
  expect(events.progress()).toMatchObject({ done: 1, failed: 0, ended: [{ name: 'a', status: 'success' }] });
});

test('keeps errors, and passes over what is no event', () => {
  const events = dbtEvents();
  events.read('Traceback (most recent call last):');
  events.read('{"half": ');
  events.read('17');
  events.read(line('MainEncounteredError', {}, 'error', 'Encountered an error:\nit broke'));
  expect(events.errors()).toEqual(['Encountered an error:\nit broke']);
  expect(events.progress()).toEqual({ done: 0, total: 0, failed: 0, running: [], ended: [] });
});
