import { getJson } from '../lake/object-store.js';
import type { DriftReport } from '../model/drift.js';
import { keys } from '../model/keys.js';
import { parseRunName } from '../model/names.js';
import type { ValidateManifest } from '../model/plan.js';
import type { Context } from './context.js';
import { rootMessage } from './explain.js';

/** how a run's records differed from their schemas, by entity; the rest of a run is worth showing without it */
export async function driftOf(
  context: Context,
  run: string,
  runId: string,
): Promise<Record<string, DriftReport> | undefined> {
  const pipeline = parseRunName(run)?.pipeline;
  if (!pipeline) return undefined;
  try {
    const store = await context.store();
    const ref = { bucket: context.settings().lakeBucket, key: keys.step({ pipeline, runId }, 'validate') };
    if (!(await store.exists(ref))) return undefined;
    const { entities } = await getJson<ValidateManifest>(store, ref);
    const drifted = Object.entries(entities).flatMap(([name, { drift }]) => (drift ? [[name, drift] as const] : []));
    return drifted.length > 0 ? Object.fromEntries(drifted) : undefined;
  } catch (error) {
    context.terminal.say(`without the drift of its fields: ${rootMessage(error)}`);
    return undefined;
  }
}

/** fields of one kind that a terminal shows; all of them are in `--json` */
const shownFields = 12;

/** a line for each field that drifted */
export function driftRows(drift: Record<string, DriftReport>): Record<string, string | number>[] {
  return Object.entries(drift).flatMap(([entity, { new: added, unnamed, missing, retyped }]) => {
    const line = (field: string, change: string, rows: number) => ({ entity, field, change, rows });
    const lists = [
      added.map(({ field, type, count }) => line(field, `new, ${type}`, count)),
      missing.map(({ field, rows }) => line(field, 'missing from every record', rows)),
      retyped.map(({ field, expected, got, count }) => line(field, `${got} instead of ${expected}`, count)),
    ];
    const shown = lists.flatMap((list) => {
      const more = list.slice(shownFields);
      const rest = more.reduce((sum, { rows }) => sum + rows, 0);
      return [
        ...list.slice(0, shownFields),
        ...(more.length > 0 ? [line(`${more.length} more`, more[0]?.change.split(',')[0] ?? '', rest)] : []),
      ];
    });
    return unnamed > 0 ? [...shown, line('further names', 'new', unnamed)] : shown;
  });
}
