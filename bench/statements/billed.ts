export interface Measured {
  pipeline: string;
  /** runs that its schedule starts */
  aDay: number;
  /** of one run, without dbt */
  statements: number;
  /** models and tests of the build after it */
  nodes: number;
}

/** seconds on Redshift: assumptions, for hours of some thousand rows */
const assumed = { statement: 1, node: 2 };
/** seconds that each wake is billed for at least */
const leastBilled = 60;
const days = 365 / 12;

/** seconds of one wake */
export function billedSeconds({ statements, nodes }: Pick<Measured, 'statements' | 'nodes'>): number {
  return Math.max(leastBilled, statements * assumed.statement + nodes * assumed.node);
}

/** RPU-hours of a month: pipelines are due at times of their own, so each run wakes the warehouse */
export function rpuHours(measured: Measured[], capacity: number): number {
  const seconds = measured.reduce((sum, one) => sum + one.aDay * billedSeconds(one), 0);
  return (seconds / 3600) * capacity * days;
}

/** what the watch of earlier versions cost: a query every five minutes, each a wake */
const polledRpuHoursADay = (capacity: number): number => (288 * leastBilled * capacity) / 3600;

export function report(measured: Measured[]): string {
  const rows = measured.map((one) => {
    const { pipeline, aDay, statements, nodes } = one;
    return `| \`${pipeline}\` | ${aDay} | ${statements} | ${nodes} | ${billedSeconds(one)} |`;
  });
  const head = [
    '| pipeline | runs a day | statements | nodes of dbt | seconds billed |',
    '| --- | ---: | ---: | ---: | ---: |',
  ];
  const sums = [8, 16].map((capacity) => {
    const month = rpuHours(measured, capacity);
    return `${capacity} RPU: ${month.toFixed(1)} RPU-hours a month, ${(month / days).toFixed(1)} a day; a query every five minutes would add ${polledRpuHoursADay(capacity).toFixed(1)} a day`;
  });
  return `${[...head, ...rows].join('\n')}\n\n${sums.join('\n')}\n`;
}
