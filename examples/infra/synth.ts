import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WaterclockApp } from '@waterclock/infra';
import project from '../waterclock.config.js';
import { settings } from './settings.js';

const out = fileURLToPath(new URL('../../.waterclock/cdk', import.meta.url));

// `npm run synth`: every environment, without an account and without a network
for (const env of Object.keys(settings)) {
  const outdir = `${out}/${env}`;
  const { stacks } = new WaterclockApp({ settings, project, env, outdir }).synth();
  console.log(`${env}, in ${relative('', outdir)}`);
  for (const { stackName, template } of stacks) {
    const { Resources } = template as { Resources: object };
    console.log(`  ${stackName.padEnd(32)} ${String(Object.keys(Resources).length).padStart(3)} resources`);
  }
}
