import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { getJson, keysUnder, putJson } from '../lake/object-store.js';
import { mostNoteLetters, notedUnder, noteKey, notesFolder, runNotesFolder, type Note } from '../model/note.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';
import { refuse } from './failure.js';

/** how many notes runs have: by run id of the execution, and by the run's name */
export interface NoteCounts {
  ofExecution: Map<string, number>;
  ofRun: Map<string, number>;
}

/** the user of this machine, where a command does not say who speaks */
export function whoAmI(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // a container may run as a number that has no name
    return `${process.getuid?.() ?? 'unknown'}@${hostname()}`;
  }
}

export async function writeNote(context: Context, note: Note): Promise<void> {
  // two people may write in the same millisecond
  const mark = createHash('sha256').update(`${note.by}\n${note.text}`).digest('hex').slice(0, 8);
  const key = noteKey(note, mark);
  if (!key) refuse(`notes are kept for runs, as in orders-2026-01-31T02:00:00Z; got '${note.run}'`);
  const letters = Array.from(note.text.trim()).length;
  if (letters === 0) refuse('the note is empty: waterclock note <run> "what others should know"');
  if (letters > mostNoteLetters) refuse(`a note has up to ${mostNoteLetters} letters, got ${letters}`);
  const bucket = context.settings().lakeBucket;
  await putJson(await context.store(), { bucket, key }, note);
}

/** every note under a run's name, oldest first; the rest of a run is worth showing without them */
export async function notesOf(context: Context, run: string): Promise<Note[]> {
  const folder = runNotesFolder(run);
  if (!folder) return [];
  return orSay(context, [], async () => {
    const store = await context.store();
    const bucket = context.settings().lakeBucket;
    const found = await keysUnder(store, { bucket, key: folder });
    const notes = await Promise.all(found.map((key) => getJson<Note>(store, { bucket, key })));
    return notes.sort((a, b) => (a.at < b.at ? -1 : 1));
  });
}

/** one listing a pipeline: notes are few, and a run's name and id are in their keys */
export async function noteCounts(context: Context, pipelines: Iterable<string>): Promise<NoteCounts> {
  const counts: NoteCounts = { ofExecution: new Map(), ofRun: new Map() };
  await orSay(context, undefined, async () => {
    const store = await context.store();
    const bucket = context.settings().lakeBucket;
    const folders = [...new Set(pipelines)].map(notesFolder);
    const found = await Promise.all(folders.map((key) => keysUnder(store, { bucket, key })));
    for (const { run, runId } of found.flat().flatMap((key) => notedUnder(key) ?? [])) {
      counts.ofRun.set(run, (counts.ofRun.get(run) ?? 0) + 1);
      counts.ofExecution.set(runId, (counts.ofExecution.get(runId) ?? 0) + 1);
    }
  });
  return counts;
}

async function orSay<T>(context: Context, otherwise: T, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    context.terminal.say(`without the notes: ${rootMessage(error)}`);
    return otherwise;
  }
}
