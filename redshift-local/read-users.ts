import { z } from 'zod';
import type { KnownUser } from './users.js';

const users = z.array(
  z.strictObject({
    name: z.string().min(1),
    databaseRoles: z.array(z.string()).optional(),
    iamRole: z.string().optional(),
    secretArn: z.string().optional(),
    password: z.string().optional(),
  }),
);

/** a list of users as JSON text; what is wrong with it becomes an issue of the setting */
export function readUsers(text: string, context: z.RefinementCtx): KnownUser[] {
  const refuse = (message: string) => {
    context.addIssue(message);
    return z.NEVER;
  };
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    return refuse(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { data, error } = users.safeParse(read);
  return data ?? refuse(z.prettifyError(error));
}
