import { endWithSteps } from '../setup/end-with-steps.mjs';
import { setUpTools, summaryOf } from '../setup/set-up.mjs';
import { portNames, portVariable } from '../ports.js';
import { completeOptions, textOrNone } from '../start/options.js';
import { runStart } from '../start/run-start.js';
import { exitCodes, type Environment, type PackageCommand } from './command.js';

export interface Options {
  exit?: true;
  live?: true;
  fresh?: true;
  data?: string;
  [port: string]: unknown;
}

export function startCommand(own: Environment): PackageCommand<Options> {
  return {
    options(command) {
      command
        .option('--exit', 'end when the job is done, with exit code 0 or 1')
        .option('--data <folder>', '<folder>/<pipeline>/* instead of the samples, where that folder exists')
        .option('--live', 'the public endpoints instead of the embedded ones')
        .option('--fresh', 'remove first what earlier starts with this input have left');
      for (const name of portNames) command.option(`--port-${name} <n>`, `or ${portVariable(name)} in the environment`);
    },
    examples: [
      'waterclock start',
      'waterclock start --exit --data ../data',
      'waterclock start --project ../my-platform --port-temporal 7300',
    ],
    async run(context, given) {
      const { folder: project } = context.projectPlace();
      context.takeSignals();
      const stopListening = endWithSteps();
      const took = await setUpTools(own, (line) => context.terminal.say(line));
      stopListening();
      const port = (name: string) => textOrNone(given[camelCase(`port-${name}`)]);
      const { exit, live, fresh, data } = given;
      const asked = {
        port,
        ...(exit && { exit }),
        ...(live && { live }),
        ...(fresh && { fresh }),
        ...(data !== undefined && { data }),
      };
      await runStart({
        options: () => completeOptions(asked, own, process.cwd(), { project, home: context.stateFolder() }),
        own,
        ...(took && { summary: summaryOf([{ name: 'python tools', ...took }]) }),
        whenParentEnds: () => undefined,
      });
      return exitCodes.done;
    },
  };
}

const camelCase = (flag: string) => flag.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
