import { explain } from '../explain.js';

export interface Finding {
  check: string;
  ok: boolean;
  found: string;
  /** what to do when it is not ok */
  remedy?: string;
}

export type Check = () => Promise<Omit<Finding, 'check'>>;

/** all of them, in order; one that cannot be made is a finding too */
export async function examine(checks: Record<string, Check>): Promise<Finding[]> {
  const entries = Object.entries(checks);
  const results = await Promise.allSettled(entries.map(([, check]) => check()));
  return results.map((result, at) => {
    const check = entries[at]?.[0] ?? '';
    return result.status === 'fulfilled'
      ? { check, ...result.value }
      : { check, ok: false, found: explain(result.reason).message };
  });
}

/** ok when nothing is missing */
export function noneMissing(missing: string[], found: string, remedy: string): Omit<Finding, 'check'> {
  return missing.length === 0 ? { ok: true, found } : { ok: false, found: `missing: ${missing.join(', ')}`, remedy };
}
