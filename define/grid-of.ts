import { parseCron, tickAfter, type CronFields } from '../model/cron.js';
import { duration, iso, type Grid } from '../model/interval.js';
import { repeatedTimes, zoneProblem } from '../model/zone.js';
import type { PipelineOptions } from './options.js';

const day = 86_400_000;
const midnight = '0 0 * * *';

/** the grid of a definition's schedule; adds what is wrong to `problems` */
export function gridOf({ every, cron, offset, timezone }: PipelineOptions['schedule'], problems: string[]): Grid {
  const due = { offset: offset === undefined ? 0 : (attempt(() => duration(offset), problems) ?? 0) };
  const length = every === undefined ? undefined : attempt(() => duration(every), problems);
  const fields = cron === undefined ? undefined : attempt(() => parseCron(cron), problems);
  if (timezone === undefined || timezone === 'UTC') {
    return cron === undefined ? { every: length ?? 0, ...due } : { cron, ...due };
  }
  if (length !== undefined && length !== day) {
    problems.push(
      `a timezone needs a cron expression or every: '1 day'; intervals of '${every}' are the same in every zone: leave it out`,
    );
  }
  const problem = zoneProblem(timezone) ?? repeatedProblem(cron === undefined ? parseCron(midnight) : fields, timezone);
  if (problem) problems.push(problem);
  // a day of a zone has 23, 24 or 25 hours
  return { cron: cron ?? midnight, timezone, ...due };
}

/** Temporal's schedules lose or move times that come twice, otherwise east of Greenwich than west of it */
function repeatedProblem(fields: CronFields | undefined, timezone: string): string | undefined {
  if (!fields) return undefined;
  for (const { from, to } of repeatedTimes(timezone)) {
    const tick = tickAfter(fields, from - 1);
    if (tick === undefined || tick >= to) continue;
    const [first, last, at] = [from, to, tick].map((time) => iso(time).slice(11, 16));
    return `${at} comes twice in ${timezone} on ${iso(tick).slice(0, 10)}, when the clocks go back from ${last} to ${first}: name times before ${first} or from ${last} on, or leave the timezone out if they come every hour`;
  }
  return undefined;
}

/** what the work returns, unless it throws: then its message is a problem */
export function attempt<T>(work: () => T, problems: string[]): T | undefined {
  try {
    return work();
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}
