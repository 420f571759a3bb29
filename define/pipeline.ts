import { byIntervalName, parentsName } from '../columns/parents.js';
import type { Generate } from '../model/custom-code.js';
import { TerminalError } from '../model/errors.js';
import { duration, parseTime, type Grid } from '../model/interval.js';
import type { ParquetCodec } from '../model/plan.js';
import type { Policy } from '../model/policy.js';
import type { Source } from '../model/source.js';
import { allTasks, type RunTasks } from '../model/task.js';
import type { Entity } from '../validate/entity.js';
import { eventTimeProblem, parseEventTime, type EventTime } from '../validate/event-time.js';
import { attempt, gridOf } from './grid-of.js';
import type { PipelineOptions } from './options.js';
import { paramsOf, type ParamsSpec } from './params.js';
import { nameProblem } from './pipeline-name.js';
import { policyOf } from './policy.js';
import { requestProblems } from './request-problems.js';
import { stateProblems } from './state-problems.js';
import { sourceProblems } from './source-problems.js';
import { runTasksOf } from './run-tasks.js';

export interface Pipeline {
  name: string;
  description: string;
  grid: Grid;
  /** nothing before it is ever run */
  start?: number;
  /** ms */
  catchup: number;
  deadline?: number;
  source: Source;
  /** the code of a source of the team's own: a plan is plain data, and finds it by the pipeline's name */
  generate?: Generate;
  /** text of its connector's low-code manifest: a run keeps it in the lake */
  manifest?: string;
  tasks?: RunTasks;
  pool?: string;
  params: ParamsSpec;
  eventTime?: EventTime;
  maxRejected: { share: number; atLeast: number };
  entities: Entity[];
  dbtSelect?: string;
  rawBucket?: string;
  codec?: ParquetCodec;
  /** how its runs are looked after */
  policy: Policy;
}

function partsOf(declared: PipelineOptions['source']): Pick<Pipeline, 'source' | 'generate' | 'manifest'> {
  if (declared.kind !== 'custom' || !('generate' in declared)) return { source: declared };
  const { generate, manifest, ...source } = declared;
  return { source, generate, ...(manifest !== undefined && { manifest }) };
}

/** a source, the entities that its records become, and when it runs; throws InvalidDefinition with every problem */
export function definePipeline(options: PipelineOptions): Pipeline {
  const problems: string[] = [];
  const { schedule } = options;
  const ms = (text: string | undefined, fallback: number) =>
    text === undefined ? fallback : (attempt(() => duration(text), problems) ?? fallback);
  const unfit = nameProblem(options.name);
  if (unfit) problems.push(unfit);
  if (options.entities.length === 0) problems.push('it has no entity');
  const tables = options.entities.map((entity) => entity.plan.name);
  if (new Set(tables).size < tables.length) problems.push(`two entities share a name (${tables.join(', ')})`);
  for (const name of tables.filter((name) => tables.includes(byIntervalName(name)))) {
    problems.push(`entity ${byIntervalName(name)} has the name of the view beside ${name}: choose another`);
  }
  for (const { plan } of options.entities) {
    const name = parentsName(plan.name);
    if (!plan.parentKey || !tables.includes(name)) continue;
    problems.push(`entity ${name} has the name of the table beside ${plan.name}, whose rows replace: choose another`);
  }
  const untimely = options.eventTime === undefined ? undefined : eventTimeProblem(options.eventTime);
  if (untimely) problems.push(untimely);
  const start = schedule.start === undefined ? undefined : attempt(() => parseTime(schedule.start ?? ''), problems);
  const { source, generate, manifest } = partsOf(options.source);
  problems.push(...sourceProblems(source), ...requestProblems(source, options.entities));
  problems.push(...stateProblems(source, schedule.start));
  const tasks = options.tasks && runTasksOf(options.tasks, problems);
  const pipeline: Pipeline = {
    name: options.name,
    description: options.description,
    grid: gridOf(schedule, problems),
    catchup: ms(schedule.catchup, duration('1 day')),
    source,
    ...(generate && { generate }),
    ...(manifest !== undefined && { manifest }),
    params: paramsOf(options.name, options.params, source, problems, allTasks(tasks)),
    maxRejected: options.maxRejected ?? { share: 0.01, atLeast: 10 },
    entities: options.entities,
    policy: policyOf(options, problems),
    ...(start !== undefined && { start }),
    ...(options.deadline && { deadline: ms(options.deadline, 0) }),
    ...(options.eventTime !== undefined && { eventTime: parseEventTime(options.eventTime) }),
    ...(tasks && { tasks }),
    ...(options.pool !== undefined && { pool: options.pool }),
    ...(options.dbt && { dbtSelect: options.dbt.select }),
    ...(options.rawBucket && { rawBucket: options.rawBucket }),
    ...(options.codec && { codec: options.codec }),
  };
  if (problems.length > 0)
    throw new TerminalError('InvalidDefinition', `pipeline ${options.name}: ${problems.join('; ')}`);
  return pipeline;
}
