import { z } from 'zod';

/** a task of ECS, as `waterclock pipelines --json` lists it */
export const container = z.object({
  task: z.string(),
  taskDefinition: z.string().optional(),
  image: z.string().optional(),
  cpu: z.number(),
  memory: z.number(),
  /** ms from SIGTERM to SIGKILL */
  grace: z.number(),
  /** names of secrets by variable */
  secrets: z.record(z.string(), z.string()),
});

export type Container = z.infer<typeof container>;
