import { setTimeout } from 'node:timers/promises';
import type { CommandDefinition } from '../command-definition.js';
import type { Context } from '../../control/context.js';
import { CommandFailure, exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import { table } from '../table.js';
import { atLeastOne } from '../choices.js';

const lookEvery = 2_000;

export const deploymentShowCommand: CommandDefinition<[], object> = {
  examples: ['waterclock deployment show', 'waterclock deployment show --json'],
  async run(context, { json }) {
    const { terminal } = context;
    const found = await (await deploymentOf(context)).describe();
    const rows = found.versions.map(({ buildId, status, unpolled }) => ({
      'build id': buildId,
      status,
      'not polled': unpolled.join(', ') || '-',
    }));
    terminal.print(
      json
        ? toJson(found)
        : [
            `deployment ${found.deployment}, current ${found.current ?? 'none: workers without a version take the tasks'}`,
            ...(rows.length > 0 ? [table(rows, { width: terminal.width() })] : []),
          ].join('\n'),
    );
    return exitCodes.done;
  },
};

interface CurrentOptions {
  wait?: true | number;
}

export const deploymentCurrentCommand: CommandDefinition<[string | undefined], CurrentOptions> = {
  options: (command) =>
    command.option(
      '--wait [minutes]',
      'until its workers ask every task queue, 10 minutes unless said otherwise',
      atLeastOne,
    ),
  examples: [
    'waterclock deployment current sha256:9f86d081884c7d65 --wait',
    'waterclock deployment current --wait 15 --json    # the version of WATERCLOCK_BUILD_ID: that of this image on AWS',
  ],
  async run(context, { json, wait }, named) {
    const { terminal } = context;
    const buildId = named ?? context.settings().worker.buildId;
    if (!buildId) refuse('name a build id, or set WATERCLOCK_BUILD_ID');
    const { setCurrent } = await import('../../control/deployment.js');
    const { name, describe } = await deploymentOf(context);
    const minutes = wait === true ? 10 : (wait ?? 0);
    const until = Date.now() + minutes * 60_000;
    for (;;) {
      const found = await describe();
      const version = found.versions.find((one) => one.buildId === buildId);
      const isWhole = version?.unpolled.length === 0;
      const refused = isWhole ? await setCurrent(await context.temporal(), name, buildId) : undefined;
      if (isWhole && refused === undefined) {
        const result = { deployment: name, current: buildId, before: found.current };
        terminal.print(
          json ? toJson(result) : `${name}: ${buildId} takes the tasks, before ${found.current ?? 'no version'}`,
        );
        return exitCodes.done;
      }
      const unpolled = version
        ? `no worker of ${buildId} asks ${version.unpolled.join(', ')}`
        : `no worker of ${buildId} has asked for anything`;
      const lacking = refused === undefined ? unpolled : `Temporal refuses ${buildId}: ${refused}`;
      if (Date.now() >= until) {
        const known = found.versions.map((one) => one.buildId).join(', ') || 'none';
        throw new CommandFailure(
          exitCodes.failed,
          `${name}: ${lacking}; known versions: ${known}; ${minutes === 0 ? 'start its workers, or wait for them with --wait' : 'see the logs of its workers'}`,
        );
      }
      terminal.progress(`${name}: ${lacking}, waiting`);
      await setTimeout(lookEvery);
    }
  },
};

async function deploymentOf(context: Context) {
  const { deployment: name, taskQueue } = context.settings();
  if (!name) refuse('no deployment is named: set WATERCLOCK_DEPLOYMENT as the workers have it');
  const { describeDeployment } = await import('../../control/deployment.js');
  return { name, describe: async () => describeDeployment(await context.temporal(), name, taskQueue) };
}
