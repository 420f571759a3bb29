import { readFileSync } from 'node:fs';
import { dev } from '../../examples/infra/dev.js';
import { prod } from '../../examples/infra/prod.js';
import { smallDev } from '../../examples/infra/small/dev.js';
import { smallProd } from '../../examples/infra/small/prod.js';
import { fill, priced, statementsTable, sumsTable, table, type Priced } from '../../bench/cost/page.js';
import { quantitiesOf } from '../../bench/cost/quantities.js';
import { workloads, type Profile } from '../../bench/cost/workload.js';
import type { Measured } from '../../bench/statements/billed.js';
import type { EnvironmentSettings } from '../../infra/settings.js';
import { synthesize } from '../infra/templates.js';

const profiles: Record<Profile, EnvironmentSettings> = {
  dev,
  prod,
  'small dev': smallDev,
  'small prod': smallProd,
};

/** what `npm run bench:statements -- --json` counted */
export const measured = JSON.parse(
  readFileSync(new URL('../../bench/statements/measured.json', import.meta.url), 'utf8'),
) as Measured[];

/** each environment by the templates that its settings make */
export const pricedProfiles = (): Priced[] =>
  (Object.keys(profiles) as Profile[]).map((profile) =>
    priced(profile, quantitiesOf(synthesize(profiles[profile]), profiles[profile], workloads[profile], measured)),
  );

/** docs/cost.md with the tables that follow from templates, measured statements and prices */
export function costPage(page: string): string {
  const all = pricedProfiles();
  const tables = all.map((one) => [one.profile.replace(' ', '-'), table(one)]);
  return fill(page, { sums: sumsTable(all), statements: statementsTable(measured), ...Object.fromEntries(tables) });
}
