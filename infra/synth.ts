import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addStacks, makeApp } from './app.js';
import { environments } from './environments/index.js';
import { readEnvironment } from './settings.js';

const out = fileURLToPath(new URL('../.waterclock/cdk', import.meta.url));

// `npm run synth`: every environment, without an account and without a network
for (const [name, input] of Object.entries(environments)) {
  const folder = `${out}/${name}`;
  const app = makeApp(folder);
  addStacks(app, readEnvironment(input));
  const { stacks } = app.synth();
  console.log(`${name}, in ${relative('', folder)}`);
  for (const { stackName, template } of stacks) {
    const { Resources } = template as { Resources: object };
    console.log(`  ${stackName.padEnd(32)} ${String(Object.keys(Resources).length).padStart(3)} resources`);
  }
}
