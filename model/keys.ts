import { firstFrom, type Grid, type Interval } from './interval.js';

/** what every object key of a run derives from */
export interface RunRef {
  pipeline: string;
  interval: Interval;
  /** the run's name */
  workflowId: string;
  /** Temporal's run id of the execution: one that a reset has made is a run of its own */
  runId: string;
  trigger: Trigger;
  /** names of its folders, of a schedule with a time zone; told by the interval's length when absent */
  partitions?: string[];
}

export type Trigger = 'schedule' | 'backfill' | 'manual' | 'watch';

const number = (part: number) => String(part).padStart(5, '0');

/** daily intervals leave `hr` out, sub-hourly ones add `min` */
export function partitionNames({ start, end }: Interval): string[] {
  const length = Date.parse(end) - Date.parse(start);
  return ['dt', ...(length % 86_400_000 === 0 ? [] : ['hr']), ...(length % 3_600_000 === 0 ? [] : ['min'])];
}

/** `dt=2022-11-24/hr=10` */
export function partition(interval: Interval, names = partitionNames(interval)): string {
  const values = partitionValues(interval);
  return names.map((name) => `${name}=${values[name]}`).join('/');
}

/** the start in UTC */
export function partitionValues({ start }: Interval): Record<string, string> {
  return { dt: start.slice(0, 10), hr: start.slice(11, 13), min: start.slice(14, 16) };
}

/** intervals of a cron expression differ in length: so many are looked at */
const lookedAt = 50;

/** what the partitions of a grid's intervals are named by */
export function gridPartitions(grid: Grid): string[] {
  if (grid.timezone !== undefined) return zonedPartitions;
  let names: string[] = [];
  let interval = firstFrom(grid, 0);
  for (let count = 0; count < lookedAt; count++) {
    const found = partitionNames(interval);
    if (found.length > names.length) names = found;
    interval = firstFrom(grid, Date.parse(interval.end));
  }
  return names;
}

/** days by the clocks of a zone differ in length, and two may begin on one day of UTC */
const zonedPartitions = ['dt', 'hr', 'min'];

/** a run's own names of folders, where its grid has a time zone; nothing otherwise, as in runs of earlier versions */
export function ownPartitions({ timezone }: Grid): Pick<RunRef, 'partitions'> {
  return timezone === undefined ? {} : { partitions: zonedPartitions };
}

/** of every run of the interval */
export const rawFolder = (pipeline: string, interval: Interval, grid: Grid) =>
  `raw/${pipeline}/${partition(interval, ownPartitions(grid).partitions)}/`;

const folder = (layer: string, run: RunRef) =>
  `${layer}/${run.pipeline}/${partition(run.interval, run.partitions)}/${run.runId}`;

/** tag of processed files that a later run of the same interval has replaced: lifecycle lets them go */
export const superseded = { waterclock: 'superseded' };

/** keys inside the lake (see the design's section 3); every one a function of the run, never of the clock */
export const keys = {
  /** `range`: of an interval of many objects, whose parts are numbered within it */
  rawPart: (run: RunRef, part: number, extension: string, range?: number) =>
    `${folder('raw', run)}/part-${range === undefined ? '' : `${number(range)}-`}${number(part)}.${extension}`,
  rawManifest: (run: RunRef) => `${folder('raw', run)}/_manifest.json`,
  /** where a task writes the raw objects of an interval; each try has its own, for what a failed one wrote stays */
  rawTask: (run: RunRef, tries: number, name?: string) =>
    `${folder('raw', run)}/task-${name === undefined ? '' : `${name}-`}${number(tries)}/`,
  /** what tasks of a run wrote, in pieces as they came: `<step>[.<name>]/<try>-<attempt of the step>-<piece>.json` */
  taskLogs: (run: Pick<RunRef, 'pipeline' | 'runId'>) => `runs/${run.pipeline}/${run.runId}/logs/`,
  /** a small Parquet file that waits to be joined with those of other parts */
  stagePart: (run: RunRef, entity: string, part: number, file: number) =>
    `stage/${run.pipeline}/${run.runId}/${entity}/part-${number(part)}-${number(file)}.parquet`,
  rejectedPart: (run: RunRef, part: number) => `${folder('rejected', run)}/part-${number(part)}.ndjson`,
  processedFolder: (run: RunRef, entity: string) =>
    `processed/${run.pipeline}/${entity}/${partition(run.interval, run.partitions)}/${run.runId}`,
  /** a file of one raw part */
  processedPart: (run: RunRef, entity: string, part: number, file: number) =>
    `${keys.processedFolder(run, entity)}/part-${number(part)}-${number(file)}.parquet`,
  /** a file of many raw parts, in the processed folder that has the others */
  joinedPart: (folder: string, file: number) => `${folder}/part-${number(file)}.parquet`,
  processedManifest: (run: RunRef, entity: string) => `${keys.processedFolder(run, entity)}/_manifest.json`,
  /** what a run was planned to do */
  plan: (run: Pick<RunRef, 'pipeline' | 'runId'>, hash: string) =>
    `runs/${run.pipeline}/${run.runId}/plan-${hash}.json`,
  /** a step's manifest: `runs/<pipeline>/<run id>/<step>[.<entity>].json` */
  step: (run: Pick<RunRef, 'pipeline' | 'runId'>, step: string, entity?: string) =>
    `runs/${run.pipeline}/${run.runId}/${step}${entity ? `.${entity}` : ''}.json`,
  /** text of a connector's low-code manifest, by its hash */
  connectorManifest: (pipeline: string, hash: string) => `runs/${pipeline}/connectors/${hash}.yaml`,
  /** what is kept of an interval for all its runs; `step`: of one beside its source, `before.sync` */
  intervalNotes: (pipeline: string, { start, end }: Interval, step?: string) =>
    `runs/${pipeline}/syncs/${start}-${end}${step === undefined ? '' : `.${step}`}.json`,
  rebuildRound: (run: Pick<RunRef, 'pipeline' | 'runId'>, entity: string, round: number) =>
    `runs/${run.pipeline}/${run.runId}/rebuild-${round}.${entity}.json`,
  validatedPart: (run: RunRef, part: number) => `runs/${run.pipeline}/${run.runId}/validate.part-${number(part)}.json`,
  /** what the events of an interval named, for all its runs */
  eventLists: (pipeline: string, { start, end }: Interval) => `runs/${pipeline}/events/${start}-${end}/`,
  /** what the watch keeps of a pipeline from one look to the next */
  watchState: (pipeline: string) => `runs/${pipeline}/watch/state.json`,
  /** since when every run that ended has its object in the lake */
  closedSince: (pipeline: string) => `runs/${pipeline}/watch/closed-since.json`,
  /** intervals that a look found; `look`: its run id */
  watchList: (pipeline: string, look: string, what: string) => `runs/${pipeline}/watch/${look}-${what}.json`,
  /** runs of a range that are made again; `hash`: of the list */
  retryList: (pipeline: string, hash: string) => `runs/${pipeline}/retries/${hash}.json`,
  /** hash of each pipeline's definition, of workers that name `hash` in their identity */
  definitions: (hash: string) => `definitions/${hash}.json`,
  dbtArtifact: (buildId: string, file: string) => `artifacts/dbt/${buildId}/${file}`,
  /** rows of the data tests that failed, a line of JSON each */
  failingRows: (buildId: string) => keys.dbtArtifact(buildId, 'failing_rows.ndjson'),
};
