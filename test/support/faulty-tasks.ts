import { z } from 'zod';
import { defineEntity } from '../../define/entity.js';
import { definePipeline } from '../../define/pipeline.js';
import { task } from '../../tasks/declare.js';

export interface FaultyTask {
  /** family of a task definition; a process of the worker without one */
  definition?: string;
  command: string[];
  spot?: true;
  /** of one attempt of the step */
  timeout?: string;
}

/** pipelines whose tasks go wrong, each tried twice */
export const faultyTasks = (tasks: Record<string, FaultyTask>) =>
  Object.entries(tasks).map(([name, { definition, command, spot, timeout = '1 minute' }]) =>
    definePipeline({
      name,
      description: 'a test',
      schedule: { every: '1 hour', start: '2022-11-24T00:00:00Z' },
      retries: { extract: { attempts: 2, initial: '1 second', maximum: '1 second', timeout } },
      source:
        definition === undefined
          ? task({ command, grace: '1 second' })
          : task({ taskDefinition: definition, command, ...(spot && { spot }) }),
      entities: [defineEntity({ name: 'rows', mode: 'append', schema: z.object({ id: z.string() }) })],
    }),
  );
