import { parseRunName, runName } from './names.js';

/** what a person says about one execution of a run; kept in the lake, never changed */
export interface Note {
  run: string;
  /** of the execution that it is about */
  runId: string;
  /** ISO, to the millisecond */
  at: string;
  by: string;
  text: string;
}

/** letters of a note: a paragraph, not a file */
export const mostNoteLetters = 2000;

/** of all runs of a pipeline; it lies among their run ids, none of which has this name */
export function notesFolder(pipeline: string): string {
  return `runs/${pipeline}/notes/`;
}

/** of every execution under a run's name; undefined when the text is not the name of a run */
export function runNotesFolder(run: string): string | undefined {
  const named = parseRunName(run);
  return named && `${notesFolder(named.pipeline)}${withoutSigns(named.end)}/`;
}

/** `runs/parcels/notes/20261124T110000Z/<run id>/20261129T091400.123Z-<mark>.json` */
export function noteKey({ run, runId, at }: Pick<Note, 'run' | 'runId' | 'at'>, mark: string): string | undefined {
  const folder = runNotesFolder(run);
  return folder && `${folder}${runId}/${withoutSigns(at)}-${mark}.json`;
}

/** the run and execution that the note under this key is about; undefined when the key is not one of a note */
export function notedUnder(key: string): Pick<Note, 'run' | 'runId'> | undefined {
  const parts =
    /^runs\/([^/]+)\/notes\/(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\/([^/]+)\/[^/]+\.json$/.exec(key) ?? undefined;
  if (!parts) return undefined;
  const [, pipeline = '', year, month, day, hours, minutes, seconds, runId = ''] = parts;
  return { run: runName(pipeline, { end: `${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z` }), runId };
}

/** colons of a key are escaped by some tools and not by others */
function withoutSigns(time: string): string {
  return time.replace(/[-:]/g, '');
}
