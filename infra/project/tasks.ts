import { allTasks, type RunTasks, type TaskProgram, type TaskSource } from 'waterclock/facts';
import type { ProjectFacts } from './facts.js';

type Pipeline = ProjectFacts['pipelines'][number];

/** programs of a pipeline, each by the step that runs it, as task definitions are named */
export function tasksOf({
  source,
  tasks,
}: Pick<Pipeline, 'source' | 'tasks'>): { name: string; program: TaskProgram }[] {
  const own = source as TaskSource;
  const { before, after } = (tasks ?? { before: [], after: [] }) as RunTasks;
  const named = (step: string, some: RunTasks['before']) =>
    allTasks({ before: some, after: [] }).map((program) => ({ name: `${step}-${program.name}`, program }));
  return [
    ...(own.kind === 'task' ? [{ name: 'extract', program: own }] : []),
    ...named('before', before),
    ...named('after', after),
  ];
}

/** its source is a program beside a worker, which writes objects */
export function writesFromProcess({ source }: Pick<Pipeline, 'source'>): boolean {
  const { kind, container, output } = source as TaskSource;
  return kind === 'task' && !container && output === 'objects';
}

/** one of its programs is in a container of its own, which may write objects as its source, or a result */
export const hasContainers = (pipeline: Pick<Pipeline, 'source' | 'tasks'>): boolean =>
  tasksOf(pipeline).some(({ program }) => program.container?.image !== undefined);

export const usesSpot = ({ pipelines }: ProjectFacts): boolean =>
  pipelines.some((pipeline) => tasksOf(pipeline).some(({ program }) => program.container?.spot === true));
