import { createContext } from './context.js';
import { deploymentEnvironment, namesDeployment } from './environment.js';
import { explain } from './explain.js';
import { runProgram } from './program.js';
import { createTerminal } from './terminal.js';

// AWS's SDK would print nine lines about Node 20
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
const terminal = createTerminal(process.stdout, process.stderr, process.env);
const context = createContext(
  terminal,
  () => {
    const environment = deploymentEnvironment(process.env, process.cwd());
    // the SDKs of AWS and Temporal read the process's own environment; AWS's would print nine lines about Node 20
    const quiet = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    return Object.assign(process.env, quiet, environment);
  },
  namesDeployment(process.env),
);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    terminal.say(context.leaving() ?? 'interrupted');
    process.exit(130);
  });
}
// `waterclock query ... | head` ends quietly
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  process.exitCode = await runProgram(process.argv.slice(2), context);
} catch (error) {
  const { message, exitCode } = explain(error);
  terminal.say(`${terminal.paint('red', 'error', 'stderr')}: ${message}`);
  process.exitCode = exitCode;
} finally {
  await context.close();
}
