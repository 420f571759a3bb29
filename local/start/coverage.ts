import { z } from 'zod';

const range = z.object({
  from: z.string(),
  to: z.string(),
  simulated: z.boolean(),
  waiting: z.array(z.string()),
  waitingCount: z.number().optional(),
});

const coverage = z.object({
  earthquakes: range,
  door2door: range,
  spacex: z.object({ snapshotAt: z.string(), simulated: z.boolean() }),
});

/** the complete intervals that the embedded upstreams have input for */
export type Coverage = z.infer<typeof coverage>;

export async function readCoverage(port: number): Promise<Coverage> {
  const response = await fetch(`http://127.0.0.1:${port}/coverage`);
  if (!response.ok) throw new Error(`upstream answered ${response.status} to /coverage`);
  return coverage.parse(await response.json());
}

const hour = 3_600_000;

/** the public endpoints: the last day of earthquakes, and the two hours that the public bucket has files of */
export function liveCoverage(now: number): Omit<Coverage, 'spacex'> {
  const to = Math.floor((now - hour) / hour) * hour;
  const iso = (at: number) => new Date(at).toISOString();
  const none = { simulated: false, waiting: [] };
  return {
    earthquakes: { from: iso(to - 24 * hour), to: iso(to), ...none },
    door2door: { from: '2022-11-24T10:00:00Z', to: '2022-11-24T12:00:00Z', ...none },
  };
}
