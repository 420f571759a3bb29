import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { settings as environments } from '../../examples/infra/settings.js';
import { addEnvironment } from '../../infra/add-environment.js';
import { emptyApp } from '../../infra/app.js';
import type { ProjectFacts } from '../../infra/project/facts.js';
import { defineEnvironment } from '../../infra/settings.js';
import type { EnvironmentInput } from '../../infra/settings/input.js';

/** shapes of CloudFormation, read by the tests as they are */
export type Properties = Record<string, unknown>;

export interface Resource {
  Type: string;
  Properties?: Properties;
  Metadata?: Record<string, unknown>;
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  DependsOn?: string | string[];
}

export interface Template {
  Resources: Record<string, Resource>;
  Outputs?: Record<string, { Value: unknown; Description?: string }>;
  Parameters?: Record<string, Record<string, unknown>>;
}

export interface Synthesized {
  /** by the part of their name after the environment's */
  stacks: Record<string, Template>;
  folder: string;
}

const folder = mkdtempSync(join(tmpdir(), 'wc-cdk-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let made = 0;

/** templates of an environment; synthesis itself fails on a finding of cdk-nag */
export function synthesize(input: EnvironmentInput, project?: ProjectFacts): Synthesized {
  const settings = defineEnvironment(input);
  const out = join(folder, `${settings.name}-${made++}`);
  const app = emptyApp(out);
  addEnvironment(app, settings, project && { project });
  const { stacks } = app.synth();
  const byName = stacks.map(({ stackName, template }) => [
    stackName.replace(`waterclock-${settings.name}-`, ''),
    template as Template,
  ]);
  return { stacks: Object.fromEntries(byName), folder: out };
}

const known = new Map<string, Synthesized>();

/** the shipped environments, each synthesized once */
export function environment(name: keyof typeof environments): Synthesized {
  const found = known.get(name) ?? synthesize(environments[name]);
  known.set(name, found);
  return found;
}

export const names = Object.keys(environments) as (keyof typeof environments)[];

export function stackOf(name: keyof typeof environments, stack: string): Template {
  const found = environment(name).stacks[stack];
  if (!found) throw new Error(`${name} has no stack ${stack}`);
  return found;
}

/** resources of a type, with their logical ids */
export function resources(template: Template, type: string): [string, Resource & { Properties: Properties }][] {
  return Object.entries(template.Resources).flatMap(
    ([id, resource]): [string, Resource & { Properties: Properties }][] =>
      resource.Type === type ? [[id, { ...resource, Properties: resource.Properties ?? {} }]] : [],
  );
}

export function allResources(name: keyof typeof environments, type: string): ReturnType<typeof resources> {
  return Object.values(environment(name).stacks).flatMap((template) => resources(template, type));
}
