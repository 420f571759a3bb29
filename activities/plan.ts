import { hashOf, putJson } from '../lake/object-store.js';
import { maxLargeSuperTextBytes } from '../model/digits.js';
import { TerminalError } from '../model/errors.js';
import { keys, type RunRef } from '../model/keys.js';
import type { Params } from '../model/params.js';
import { keepsState } from '../model/source.js';
import { programWithParams, withParams } from '../model/source-params.js';
import type { RunTasks, TaskStep } from '../model/task.js';
import type { ObjectRef, Plan, RunInput, RunPlan } from '../model/plan.js';
import { rawBucketOf } from '../model/raw-buckets.js';
import type { Pipeline } from '../define/pipeline.js';
import { unknownPool, type Pools } from '../define/pools.js';
import { alive } from './alive.js';
import type { Dependencies } from './dependencies.js';
import { reuse } from './reuse.js';
import type { Activities } from './types.js';

/** `prepareBuild`: while the other steps of a run work, dbt is loaded for the build at its end */
export function plan(
  { pipelines, pools = {}, settings, store }: Dependencies,
  prepareBuild?: () => void,
): Activities['plan'] {
  return ({ input, run }) =>
    alive(async ({ sign }) => {
      const plan = await planned(input, run, sign);
      if (input.dbt === 'build' && plan.dbtSelect && !input.until) prepareBuild?.();
      // attempts of workers of two versions do not write over each other's
      const key = keys.plan(run, hashOf(JSON.stringify(plan)));
      return runPlanOf(plan, await putJson(store, { bucket: plan.lakeBucket, key }, plan));
    });

  /** `sign`: a retry asks for every object that it takes over */
  async function planned(input: RunInput, run: RunRef, sign: () => void): Promise<Plan> {
    const pipeline = pipelineNamed(pipelines, input.pipeline);
    const known = pipeline.entities.map((entity) => entity.plan);
    const isAsked = (name: string) => !input.entities || input.entities.includes(name);
    const entities = known.filter(({ name }) => isAsked(name));
    const others = known.map(({ name }) => name).filter((name) => !isAsked(name));
    const { source, from = 'extract' } = input;
    const { lakeBucket } = settings;
    const params = pipeline.params.complete(input.params);
    const reused = source && (await reuse(store, { run, source, from, entities, others, lakeBucket }, sign));
    await keepManifest(pipeline);
    const left = others.filter((name) => !reused || !reused.loaded.includes(name));
    return {
      source: withParams(pipeline.source, params),
      ...(pipeline.tasks && { tasks: tasksWith(pipeline.tasks, params) }),
      entities: entities.map((entity) => ({
        ...entity,
        ...(input.allowEmpty && { allowEmpty: true }),
        ...(settings.redshift.largeStrings && { superTextBytes: maxLargeSuperTextBytes }),
      })),
      params,
      maxRejected: pipeline.maxRejected,
      ...(pipeline.codec && { codec: pipeline.codec }),
      ...(pipeline.deadline && { deadline: pipeline.deadline }),
      ...(pipeline.dbtSelect && { dbtSelect: pipeline.dbtSelect }),
      rawBucket: rawBucketOf(pipeline, settings),
      lakeBucket,
      dbtTarget: settings.dbt.target,
      heartbeatTimeout: settings.heartbeatTimeout,
      policy: pipeline.policy,
      ...(pipeline.pool !== undefined && { pool: poolOf(pipeline.name, pipeline.pool, pools) }),
      ...(reused && { reuse: reused }),
      ...(left.length > 0 && { left }),
    };
  }

  /** the next attempt, and a retry, read the manifest that the run was planned with */
  async function keepManifest({ name, source, manifest }: Pipeline): Promise<void> {
    const hash = source.kind === 'custom' ? source.connector?.manifest : undefined;
    if (hash === undefined || manifest === undefined) return;
    await store.put({ bucket: settings.lakeBucket, key: keys.connectorManifest(name, hash) }, Buffer.from(manifest));
  }
}

/** what history has of a plan that is in the lake */
export function runPlanOf(plan: Plan, ref: ObjectRef): RunPlan {
  const {
    source,
    entities,
    maxRejected: _max,
    codec: _codec,
    rawBucket: _raw,
    lakeBucket: _lake,
    tasks,
    ...decidedBy
  } = plan;
  const namesOf = (named: { name: string }[]) => named.map(({ name }) => name);
  return {
    ref,
    ...decidedBy,
    entities: namesOf(entities),
    ...(tasks && { tasks: { before: namesOf(tasks.before), after: namesOf(tasks.after) } }),
    ...(keepsState(source) && { keepsState: true }),
    ...(source.kind === 'task' && { fromProgram: true }),
  };
}

function tasksWith({ before, after }: RunTasks, params: Params): RunTasks {
  const filled = (task: TaskStep) => programWithParams(task, params);
  return { before: before.map(filled), after: after.map(filled) };
}

function poolOf(pipeline: string, name: string, pools: Pools): NonNullable<Plan['pool']> {
  const slots = Object.hasOwn(pools, name) ? pools[name] : undefined;
  if (slots !== undefined) return { name, slots };
  throw new TerminalError('InvalidDefinition', unknownPool(pipeline, name, Object.keys(pools)));
}

function pipelineNamed(pipelines: Pipeline[], name: string): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found) return found;
  const known = pipelines.map((pipeline) => pipeline.name).join(', ');
  throw new TerminalError('UnknownPipeline', `no pipeline is named ${name}; known: ${known}`);
}
