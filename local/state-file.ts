import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const identity = z.object({ pid: z.number(), startedAt: z.string() });

const stateFile = z.object({
  supervisor: identity,
  state: z.string(),
  webUi: z.string(),
  services: z.array(identity.extend({ name: z.string(), port: z.number().optional() })),
  ports: z.record(z.string(), z.number()),
  environment: z.record(z.string(), z.string()),
});

/** a running stack, as others find it: `<state>/stack.json` and `.waterclock/running.json` */
export type StateFile = z.infer<typeof stateFile>;

export const stackFile = (state: string) => join(state, 'stack.json');

export function readStateFile(path: string): StateFile | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return stateFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** whole or not at all; it holds keys, so nobody else may read it */
export function writePrivate(path: string, content: unknown): void {
  const half = `${path}.${process.pid}`;
  writeFileSync(half, JSON.stringify(content, null, 2), { mode: 0o600 });
  renameSync(half, path);
}
