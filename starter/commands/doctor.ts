import { examine, type Finding } from '../../control/doctor/finding.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { CommandDefinition } from '../command-definition.js';

const inside = 'what only the network of the deployment reaches';

interface Options {
  env?: string;
  withSample?: true | string;
}

export const doctorCommand: CommandDefinition<[], Options> = {
  options: (command) =>
    command
      .option('--env <name>', 'a deployment on AWS: its stacks, buckets, images, workgroup and services')
      .option(
        '--with-sample [pipeline]',
        "load a pipeline's sample and run it through every step after extract; the first whose sample is not simulated",
      ),
  examples: [
    'waterclock doctor',
    'waterclock doctor --with-sample --json',
    'waterclock doctor --with-sample orders',
    'waterclock doctor --env dev                 # from outside: what AWS tells',
  ],
  async run(context, { env, withSample, json }) {
    const { terminal } = context;
    if (env !== undefined && !/^[a-z][a-z0-9-]*$/.test(env)) refuse(`--env is a name like dev or prod, got '${env}'`);
    // a stack that happens to run on this machine is not the deployment that --env names
    const isReached = env === undefined || context.namesDeployment;
    if (withSample && !isReached) {
      refuse(
        '--with-sample needs TEMPORAL_ADDRESS and the settings of the deployment: run it in a task of its cluster',
      );
    }
    const findings: Finding[] = [];
    // first, since its SDK must not meet the settings of another stack
    if (env !== undefined) {
      const { awsChecks } = await import('../../control/doctor/aws-checks.js');
      findings.push(...(await examine(await awsChecks(env))));
    }
    if (isReached) {
      const { serviceChecks } = await import('../../control/doctor/service-checks.js');
      findings.push(...(await examine(await serviceChecks(context))));
    }
    if (withSample) {
      const { sampleRun } = await import('../../control/doctor/sample-run.js');
      findings.push(
        ...(await examine({ 'sample run': () => sampleRun(context, withSample === true ? undefined : withSample) })),
      );
    }
    const isWell = findings.every(({ ok }) => ok);
    if (json) terminal.print(toJson({ ok: isWell, ...(env && { env }), findings }));
    else {
      const width = Math.max(...findings.map(({ check }) => check.length));
      for (const { check, ok, found, remedy } of findings) {
        const mark = terminal.paint(ok ? 'green' : 'red', ok ? 'ok     ' : 'missing');
        terminal.print(`${mark}  ${check.padEnd(width)}  ${found}`);
        if (!ok && remedy) terminal.print(`${' '.repeat(width + 11)}${remedy}`);
      }
    }
    if (!isReached) terminal.say(`${inside} was not asked: run \`waterclock doctor\` in a task of its cluster`);
    return isWell ? exitCodes.done : exitCodes.failed;
  },
};
