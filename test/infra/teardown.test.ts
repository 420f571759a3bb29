import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { smallDev } from '../../examples/infra/small/dev.js';
import { smallProd } from '../../examples/infra/small/prod.js';
import { teardownPlan } from '../support/teardown-plan.js';
import { environment, synthesize } from './templates.js';

const environments = {
  dev: environment('dev'),
  prod: environment('prod'),
  'small dev': synthesize(smallDev),
  'small prod': synthesize(smallProd),
};
const plans = Object.entries(environments).map(([name, made]) => ({ name, plan: teardownPlan(made) }));

/** the section of docs/deploy.md, and its steps by their numbers */
const section = readFileSync('docs/deploy.md', 'utf8').split('### Teardown\n')[1]?.split(/^##/m)[0] ?? '';
const steps = section.split(/^\d\. /m).slice(1);
const [, unprotect = '', destroy = '', byHandFirst = '', network = '', byHand = ''] = steps;

/** the types that a table of a step has a command for */
const typesIn = (step: string) => [...step.matchAll(/^\s*\| `(AWS::[\w:]+)`/gm)].map(([, type]) => type);

test('the section has its six steps', () => {
  expect(steps).toHaveLength(6);
  expect(unprotect).toContain('update-termination-protection');
  expect(network).toContain('npx cdk destroy waterclock-dev-network');
});

describe.each(plans)('$name', ({ plan: { stacks, kept, protections } }) => {
  test('stacks go after those that use them, the network as the last', () => {
    const named = [...destroy.matchAll(/waterclock-dev-(\w+)/g)].map(([, stack]) => String(stack));
    expect(stacks.at(-1)).toBe('network');
    expect(named.toSorted()).toEqual(stacks.filter((stack) => stack !== 'network').toSorted());
  });

  test('what holds addresses in the network is deleted before it, by a command of its own', () => {
    const holders = kept.filter(({ holds }) => holds.length > 0).map(({ type }) => type);
    expect(holders.length).toBeGreaterThan(0);
    expect(typesIn(byHandFirst)).toEqual(expect.arrayContaining(holders));
  });

  test('everything that stays has a command', () => {
    const commands = [...typesIn(byHandFirst), ...typesIn(byHand)];
    expect(new Set(commands).size).toBe(commands.length);
    expect(kept.filter(({ type }) => !commands.includes(type))).toEqual([]);
  });

  test('what refuses to be deleted is switched off first', () => {
    for (const one of protections) expect(`${unprotect}${byHandFirst}`).toContain(one.split(' ')[1]);
  });

  test('the plan names each resource that stays by a command: the next deployment needs its name', () => {
    const named = kept.filter(({ fixedName }) => fixedName !== undefined);
    for (const { type, fixedName = '' } of named) {
      const [row = ''] = section.split('\n').filter((line) => line.includes(`\`${type}\``));
      // the name of a raw bucket is the project's own
      const name =
        type === 'AWS::S3::Bucket' ? 'lake.rawBuckets' : fixedName.replace(/waterclock-\w+/, 'waterclock-dev');
      expect(row).toContain(name.replace(/(user|connection|useractivity)log$/, ''));
    }
  });
});

test('the section names nothing that no environment keeps', () => {
  const kept = new Set(plans.flatMap(({ plan }) => plan.kept.map(({ type }) => type)));
  expect([...typesIn(byHandFirst), ...typesIn(byHand)].filter((type) => !kept.has(String(type)))).toEqual([]);
});

test('a resource that has a fixed name and stays is one of those known: each blocks the next deployment until it is deleted', () => {
  const fixed = plans.flatMap(({ plan }) => plan.kept.filter(({ fixedName }) => fixedName !== undefined));
  expect([...new Set(fixed.map(({ type }) => type))].toSorted()).toEqual([
    'AWS::ECR::Repository',
    'AWS::Logs::LogGroup',
    'AWS::RedshiftServerless::Namespace',
    'AWS::RedshiftServerless::Workgroup',
    'AWS::S3::Bucket',
  ]);
});
