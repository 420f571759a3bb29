import { help, startOptions } from './options.js';
import { runStart } from './run-start.js';

/** `npm start`; `summary` says what the set-up took */
export async function main(summary: string | undefined, whenParentEnds: (work: () => void) => void): Promise<void> {
  // the SDK's own remark on Node 20 is nothing a reader of this screen can use
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  const own = process.env;
  const args = process.argv.slice(2);
  if (args.some((argument) => argument === '--help' || argument === '-h')) return void process.stdout.write(help);
  const options = () => startOptions(args, own, own['INIT_CWD'] ?? process.cwd());
  await runStart({ options, own, ...(summary && { summary }), whenParentEnds });
}
