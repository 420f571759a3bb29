import { firstFrom, iso } from '../model/interval.js';
import type { ScheduledBuild } from '../define/builds.js';
import { every, gridText } from '../control/lengths.js';

/** builds of dbt on a schedule, as `pipelines` lists them */
export function buildRows(builds: ScheduledBuild[], now: number) {
  return builds.map(({ name, grid, select, fullRefresh, audience }) => ({
    name,
    schedule: `${gridText(grid)}${grid.offset ? `, ${every(grid.offset)} after` : ''}`,
    select,
    fullRefresh,
    owner: audience.owner ?? null,
    /** once its schedule is applied and not paused */
    next: iso(Date.parse(firstFrom(grid, now - grid.offset).start) + grid.offset),
    grid,
  }));
}
