import { z } from 'zod';
import type { DbtProgress } from '../model/dbt.js';

const event = z.object({
  info: z.object({ name: z.string(), level: z.string(), msg: z.string() }),
  data: z.object({
    node_info: z.object({ unique_id: z.string(), node_name: z.string(), node_status: z.string() }).partial().optional(),
    total: z.int().optional(),
  }),
});

export interface DbtEvents {
  read(line: string): void;
  progress(): DbtProgress;
  /** messages of level error, oldest first */
  errors(): string[];
}

const failing = new Set(['error', 'fail', 'runtime error', 'partial success']);
const errorLimit = 20;
const endedLimit = 10;

/** follows dbt's JSON log, also over the retries of one build; lines that are no events are passed over */
export function dbtEvents(): DbtEvents {
  const running = new Map<string, string>();
  const ended = new Map<string, DbtProgress['ended'][number]>();
  const errors: string[] = [];
  let total = 0;

  function read(line: string): void {
    const parsed = event.safeParse(parse(line));
    if (!parsed.success) return;
    const { info, data } = parsed.data;
    total = Math.max(total, data.total ?? 0);
    if (info.level === 'error' && errors.length < errorLimit) errors.push(info.msg);
    const { unique_id: id, node_name: name = id, node_status: status = '' } = data.node_info ?? {};
    if (!id || !name) return;
    if (info.name === 'LogStartLine') {
      running.set(id, name);
      ended.delete(id);
      return;
    }
    if (!info.name.endsWith('Result') && info.name !== 'SkippingDetails') return;
    running.delete(id);
    if (!ended.has(id)) ended.set(id, { name, status });
  }

  function progress(): DbtProgress {
    const all = [...ended.values()];
    const failed = all.filter(({ status }) => failing.has(status));
    const others = all.filter(({ status }) => !failing.has(status)).toReversed();
    return {
      done: all.length,
      total,
      failed: failed.length,
      running: [...running.values()],
      ended: [...failed, ...others].slice(0, endedLimit),
    };
  }

  return { read, progress, errors: () => errors };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
