import { isSecret } from '../model/http-source.js';
import type { TaskProgram } from '../model/task.js';
import type { Pipeline } from '../define/pipeline.js';

/** a task of ECS, as a task definition of it needs it */
export interface DeclaredContainer {
  /** the end of its family, or all of it where the definition is there already */
  task: string;
  taskDefinition?: string;
  image?: string;
  cpu: number;
  memory: number;
  /** ms from SIGTERM to SIGKILL */
  grace: number;
  /** names of secrets by variable */
  secrets: Record<string, string>;
}

/** the tasks of a pipeline that run on ECS */
export function containersOf({
  name,
  source,
  tasks,
}: Pick<Pipeline, 'name' | 'source' | 'tasks'>): DeclaredContainer[] {
  const programs: [string, TaskProgram][] = [
    ...(source.kind === 'task' ? [['extract', source] as [string, TaskProgram]] : []),
    ...(tasks?.before ?? []).map((one): [string, TaskProgram] => [`before-${one.name}`, one]),
    ...(tasks?.after ?? []).map((one): [string, TaskProgram] => [`after-${one.name}`, one]),
  ];
  return programs.flatMap(([step, { container, environment, grace }]) => {
    if (!container) return [];
    const { image, taskDefinition, cpu, memory } = container;
    const secrets = Object.entries(environment).flatMap(([variable, value]) =>
      isSecret(value) ? [[variable, value.secret]] : [],
    );
    return {
      task: `${name}-${step}`,
      ...(image !== undefined && { image }),
      ...(taskDefinition !== undefined && { taskDefinition }),
      cpu,
      memory,
      grace,
      secrets: Object.fromEntries(secrets) as Record<string, string>,
    };
  });
}
