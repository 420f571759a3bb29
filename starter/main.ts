import { createContext } from '../control/context.js';
import { deploymentEnvironment, namesDeployment } from '../control/environment.js';
import { runCommand } from './run-command.js';
import { createTerminal } from './terminal.js';

// AWS's SDK would print nine lines about Node 20
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const terminal = createTerminal(process.stdout, process.stderr, process.env);
const context = createContext(
  terminal,
  (folder) => {
    const environment = deploymentEnvironment(process.env, [folder, process.cwd()]);
    // the SDKs of AWS and Temporal read the process's own environment; AWS's would print nine lines about Node 20
    const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    return Object.assign(process.env, quiet, environment);
  },
  { folder: process.env['WATERCLOCK_PROJECT'] || process.cwd(), namesDeployment: namesDeployment(process.env) },
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (context.isTakingSignals()) return;
    terminal.say(context.leaving() ?? 'interrupted');
    process.exit(130);
  });
}
// `waterclock query ... | head` ends quietly
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runCommand(process.argv.slice(2), context);
