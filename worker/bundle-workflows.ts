import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

// the code of the workflows in one file: for an image, beside the compiled worker, or where the first word says
const [file = fileURLToPath(new URL('workflow-bundle.js', import.meta.url))] = process.argv.slice(2);
const workflowsPath = fileURLToPath(new URL('../workflows', import.meta.url));
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
await writeFile(file, code);
process.stdout.write(`${file}: ${Math.round(code.length / 1024)} KB\n`);
