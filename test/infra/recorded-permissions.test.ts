import { describe, expect, test } from 'vitest';
import { roles as workerRoles } from '../../model/roles.js';
import { judgedEnvironment } from './judge/environment.js';
import { grants, impliedBy, judge, without, type Verdict } from './judge/judge.js';
import type { RolePolicies } from './judge/policies.js';
import { uncalled } from './judge/uncalled.js';
import { names } from './templates.js';

type Name = (typeof names)[number];

/** what the recorded project's commands and workers asked of AWS: test/long/recorded-calls.test.ts holds the files to it */
const recorded = [...workerRoles, 'operator'] as const;

/** every call of a role, and what AWS asks in its turn, judged by some policies */
async function verdicts(name: Name, role: string, policies: RolePolicies): Promise<Verdict[]> {
  const environment = judgedEnvironment(name);
  const calls = environment
    .recorded(role)
    .flatMap((call) => [call, ...impliedBy(call, environment, role === 'operator')]);
  const texts = new Set(calls.map((call) => JSON.stringify(call)));
  return Promise.all([...texts].map((text) => judge(policies, JSON.parse(text), environment)));
}

async function denied(name: Name, role: string, policies: RolePolicies): Promise<string[]> {
  const judged = await verdicts(name, role, policies);
  return judged.flatMap(({ call, isAllowed, why }) => (isAllowed ? [] : [`${call.action} ${call.resource}: ${why}`]));
}

describe.each(names)('%s', (name) => {
  const { taskRole } = judgedEnvironment(name);

  test.each(recorded)('%s may do everything that it was seen to do', async (role) => {
    expect(await denied(name, role, taskRole(role))).toEqual([]);
  });

  test('what tasks may do and were not seen to do has its reason, and what was seen has none', async () => {
    for (const [holder, served] of Object.entries(holders(name))) {
      const policies = taskRole(served[0] ?? '');
      const judged = await Promise.all(served.map((role) => verdicts(name, role, policies)));
      const seen = new Set(judged.flat().flatMap(({ by }) => by));
      const reasons = new Set(served.flatMap((role) => Object.keys(uncalled[role] ?? {})));
      const unseen = grants(policies).filter((grant) => !seen.has(grant));
      expect({ holder, unseen: unseen.filter((grant) => !reasons.has(grant)) }).toEqual({ holder, unseen: [] });
      // in dev one task serves all roles: what one needs, another may not
      if (served.length === 1) expect({ holder, reasons }).toEqual({ holder, reasons: new Set(unseen) });
    }
  });
});

/** the roles of work that each role of tasks serves */
function holders(name: Name): Record<string, string[]> {
  const { taskRole } = judgedEnvironment(name);
  const served: Record<string, string[]> = {};
  for (const role of recorded) (served[taskRole(role).name] ??= []).push(role);
  return served;
}

/** grants of prod's tasks that some recorded call needs */
async function needed(role: string): Promise<string[]> {
  const seen = await verdicts('prod', role, judgedEnvironment('prod').taskRole(role));
  return [...new Set(seen.flatMap(({ by }) => by))];
}

test.each(workerRoles)(
  'each action that prod grants to %s and that was seen is missed when it is taken away',
  async (role) => {
    const policies = judgedEnvironment('prod').taskRole(role);
    const grants = await needed(role);
    expect(grants.length).toBeGreaterThan(3);
    for (const grant of grants) {
      expect({ grant, denied: await denied('prod', role, without(policies, grant)) }).not.toEqual({
        grant,
        denied: [],
      });
    }
  },
);
