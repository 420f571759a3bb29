import jsonata from 'jsonata';
import { describe, expect, test } from 'vitest';
import { operatorCommands } from '../../infra/access/commands.js';
import { commands } from '../../starter/commands/index.js';
import { judgedEnvironment } from './judge/environment.js';
import { judge } from './judge/judge.js';
import { operate } from './judge/operate-calls.js';
import { names, resources, stackOf } from './templates.js';

/** what people may not run inside the network, and why */
const refused: Record<string, string> = {
  init: 'makes a project, which is work on your own machine',
  new: 'makes a pipeline, likewise',
  start: 'the embedded stack',
  test: 'the embedded stack',
  connectors: 'runs the programs of connectors with their secrets, which only the ingest role reads',
  query: 'SQL of the one who asks would run as the administrator: people have the Data API and roles of their own',
};

interface Machine {
  StartAt: string;
  States: {
    Check: { Choices: { Condition: string; Next: string }[]; Default: string };
    Run: { Arguments: { Overrides: { ContainerOverrides: { Name: string; Command: string }[] } } };
  };
}

const machineOf = (name: (typeof names)[number]) => {
  const [[, found] = []] = resources(stackOf(name, 'workers'), 'AWS::StepFunctions::StateMachine');
  if (!found) throw new Error(`${name} has no state machine`);
  return found.Properties.Definition as Machine;
};

/** an expression between `{%` and `%}`, as Step Functions evaluates it */
const evaluate = (text: string, input: unknown): Promise<unknown> =>
  jsonata(text.slice(2, -2)).evaluate({}, { states: { input } }) as Promise<unknown>;

const isTaken = async (input: unknown) => {
  const [choice] = machineOf('prod').States.Check.Choices;
  return (await evaluate(choice?.Condition ?? '', input).catch(() => false)) === true;
};

test('every command is one that operators may run, or has its reason', () => {
  const known = commands.map(({ usage }) => usage.split(' ')[0] ?? '');
  expect([...operatorCommands, ...Object.keys(refused)].toSorted()).toEqual(known.toSorted());
});

test.each(operatorCommands)('%s is taken, with the words after it', async (command) => {
  const words = [command, 'orders', '--from', '2026-03-01'];
  expect(await isTaken({ words })).toBe(true);
  const [override] = machineOf('prod').States.Run.Arguments.Overrides.ContainerOverrides;
  expect(override?.Name).toBe('main');
  expect(await evaluate(override?.Command ?? '', { words })).toEqual(['waterclock', ...words]);
  expect(await evaluate(override?.Command ?? '', { words: [command] })).toEqual(['waterclock', command]);
});

test.each([
  ['a program', { words: ['node', '-e', 'process.exit()'] }],
  ['a shell', { words: ['sh', '-c', 'waterclock runs'] }],
  ['SQL', { words: ['query', 'drop table orders'] }],
  ['another project', { words: ['runs', '--project', '/tmp/mine'] }],
  ['another project in one word', { words: ['runs', '--project=/tmp/mine'] }],
  ['the command as its second word', { words: ['--project', 'runs'] }],
  ['one text', { words: 'runs' }],
  ['a word that is not a text', { words: ['runs', { a: 1 }] }],
  ['no word', { words: [] }],
  ['something else', {}],
])('%s is refused', async (_, input) => {
  expect(await isTaken(input)).toBe(false);
});

test.each([
  { ended: { EXIT_CODE: '0' }, code: 0 },
  { ended: { EXIT_CODE: '3' }, code: 3 },
])('the script ends with the code of the command, $code', async ({ ended, code }) => {
  expect(await operate('prod', judgedEnvironment('prod').outputs, ended)).toMatchObject({ code });
});

test('the script shows why the machine refused', async () => {
  const REFUSED = 'the input must be {"words": ["runs", ...]}';
  const ended = await operate('prod', judgedEnvironment('prod').outputs, { REFUSED });
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(REFUSED) as string });
});

describe.each(names)('%s', (name) => {
  const environment = judgedEnvironment(name);
  const machine = environment.roles('workers').get('OperationsRole');
  const operator = environment.roles('workers').get('OperatorTaskRole');

  test('the machine may start the task of operators, wait for it, and start no other', async () => {
    if (!machine || !operator) throw new Error('the templates lack a role');
    const cluster = `arn:aws:ecs:eu-central-1:111122223333:cluster/${environment.outputs.get('Cluster') ?? ''}`;
    const run = (task: string) => ({
      action: 'ecs:RunTask',
      resource: machine.document.Statement.flatMap(({ Action, Resource }) =>
        [Action].flat().includes('ecs:RunTask') ? [Resource ?? []].flat() : [],
      )
        .join()
        .replace('Operator', task),
      context: { 'ecs:cluster': cluster },
    });
    const pass = {
      action: 'iam:PassRole',
      resource: operator.arn,
      context: { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' },
    };
    const rule = 'arn:aws:events:eu-central-1:111122223333:rule/StepFunctionsGetEventsForECSTaskRule';
    const waits = ['events:PutRule', 'events:PutTargets', 'events:DescribeRule'].map((action) => ({
      action,
      resource: rule,
    }));
    for (const call of [run('Operator'), pass, ...waits]) {
      expect(await judge(machine, call, environment)).toMatchObject({ call, isAllowed: true });
    }
    expect(await judge(machine, run('Metrics'), environment)).toMatchObject({ isAllowed: false });
  });

  test('its input names nothing of the task but the words', () => {
    const { StartAt, States } = machineOf(name);
    expect(StartAt).toBe('Check');
    expect(States.Check).toMatchObject({ Default: 'Refuse', Choices: [{ Next: 'Run' }] });
    expect(JSON.stringify(States.Run).match(/\{%/g)).toHaveLength(1);
  });
});
