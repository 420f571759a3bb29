import { z } from 'zod';

const event = z.object({
  info: z.object({ name: z.string(), level: z.string(), msg: z.string() }),
  data: z.object({
    node_info: z.object({ unique_id: z.string(), node_name: z.string(), node_status: z.string() }).partial().optional(),
    total: z.int().optional(),
  }),
});

export interface DbtProgress {
  done: number;
  total: number;
  failed: number;
  /** names of the nodes that the warehouse works on */
  running: string[];
}

export interface DbtEvents {
  read(line: string): void;
  progress(): DbtProgress;
  /** messages of level error, oldest first */
  errors(): string[];
}

const failing = new Set(['error', 'fail', 'runtime error', 'partial success']);
const errorLimit = 20;

/** follows dbt's JSON log; lines that are no events are passed over */
export function dbtEvents(): DbtEvents {
  const running = new Map<string, string>();
  const finished = new Set<string>();
  const errors: string[] = [];
  let total = 0;
  let failed = 0;

  function read(line: string): void {
    const parsed = event.safeParse(parse(line));
    if (!parsed.success) return;
    const { info, data } = parsed.data;
    if (data.total !== undefined) total = data.total;
    if (info.level === 'error' && errors.length < errorLimit) errors.push(info.msg);
    const { unique_id: id, node_name: name, node_status: status } = data.node_info ?? {};
    if (!id) return;
    if (info.name === 'LogStartLine') return void running.set(id, name ?? id);
    if (!info.name.endsWith('Result') && info.name !== 'SkippingDetails') return;
    running.delete(id);
    if (finished.has(id)) return;
    finished.add(id);
    if (status && failing.has(status)) failed += 1;
  }

  return {
    read,
    progress: () => ({ done: finished.size, total, failed, running: [...running.values()] }),
    errors: () => errors,
  };
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
