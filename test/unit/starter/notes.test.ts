import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { notedUnder, noteKey, runNotesFolder } from '../../../model/note.js';
import type { Context } from '../../../control/context.js';
import { noteCounts, notesOf, whoAmI, writeNote } from '../../../control/notes.js';
import { memoryStore } from '../../../testing/memory-store.js';

const run = 'minibuses-2022-11-24T11:00:00Z';
const note = { run, runId: 'a1', at: '2026-11-29T09:14:00.123Z', by: 'ana', text: 'the source had an outage' };

let store: ReturnType<typeof memoryStore>;
let said: string[];
let context: Context;

beforeEach(() => {
  store = memoryStore();
  said = [];
  context = {
    settings: () => ({ lakeBucket: 'lake' }),
    store: () => Promise.resolve(store),
    terminal: { say: (text: string) => said.push(text) },
  } as unknown as Context;
});

test('notes come back oldest first, whatever execution they are about', async () => {
  const later = { ...note, runId: 'b2', at: '2026-11-30T08:00:00.000Z', by: 'ben', text: 'loaded again' };
  await writeNote(context, later);
  await writeNote(context, note);
  await writeNote(context, { ...note, run: 'minibuses-2022-11-24T12:00:00Z' });
  expect(await notesOf(context, run)).toEqual([note, later]);
});

test('two people who write in the same millisecond both are kept', async () => {
  await writeNote(context, note);
  await writeNote(context, { ...note, by: 'ben' });
  expect(await notesOf(context, run)).toHaveLength(2);
});

test('notes are counted by execution and by run', async () => {
  await writeNote(context, note);
  await writeNote(context, { ...note, text: 'and another' });
  await writeNote(context, { ...note, runId: 'b2' });
  await store.put({ bucket: 'lake', key: 'runs/minibuses/a1/extract.json' }, '{}');
  const counts = await noteCounts(context, ['minibuses', 'minibuses', 'catalog']);
  expect(Object.fromEntries(counts.ofExecution)).toEqual({ a1: 2, b2: 1 });
  expect(Object.fromEntries(counts.ofRun)).toEqual({ [run]: 3 });
});

test('a lake that is away is said, and what is listed goes on without notes', async () => {
  store.list = () => {
    throw new Error('no route');
  };
  expect(await notesOf(context, run)).toEqual([]);
  expect((await noteCounts(context, ['minibuses'])).ofRun.size).toBe(0);
  expect(said).toEqual(['without the notes: no route', 'without the notes: no route']);
});

test.each([
  [{ ...note, run: 'backfill-minibuses' }, "got 'backfill-minibuses'"],
  [{ ...note, text: ' \n' }, 'the note is empty'],
  [{ ...note, text: 'x'.repeat(2001) }, 'a note has up to 2000 letters, got 2001'],
])('%j is refused', async (given, reason) => {
  await expect(writeNote(context, given)).rejects.toThrow(reason);
  expect(store.keys()).toEqual([]);
});

test('whose note lies under a key can be read from the key', () => {
  const times = fc.date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(times, times, fc.uuid(), (end, at, runId) => {
      const named = `some_pipeline-${end.toISOString().slice(0, 19)}Z`;
      const key = noteKey({ run: named, runId, at: at.toISOString() }, 'mark') ?? '';
      expect(notedUnder(key)).toEqual({ run: named, runId });
      expect(key.startsWith(runNotesFolder(named) ?? 'none')).toBe(true);
      expect(key).not.toContain(':');
    }),
  );
});

test('a command knows whose it is', () => {
  expect(whoAmI()).toMatch(/^.+@.+$/);
});
