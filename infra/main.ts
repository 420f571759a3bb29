import { addStacks, makeApp } from './app.js';
import { environments } from './environments/index.js';
import { readEnvironment } from './settings.js';

// what `cdk deploy -c env=prod` names
const app = makeApp();
const name: unknown = app.node.tryGetContext('env') ?? 'dev';
const input = Object.entries(environments).find(([known]) => known === name)?.[1];
if (!input) {
  throw new Error(`there is no environment ${String(name)}: -c env= takes ${Object.keys(environments).join(' or ')}`);
}
addStacks(app, readEnvironment(input));
app.synth();
