import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

// beside the compiled worker, which takes it instead of bundling at its start
const dist = new URL('../../', import.meta.url);
const { code } = await bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL('workflows', dist)) });
const file = new URL('worker/workflow-bundle.js', dist);
await writeFile(file, code);
process.stdout.write(`${fileURLToPath(file)}: ${Math.round(code.length / 1024)} KB\n`);
