/** what a project imports from '@waterclock/infra' */
export { addEnvironment, type Environment } from './add-environment.js';
export { acknowledge } from './acknowledge.js';
export { airbyteHost, type AirbyteHost, type AirbyteHostProps } from './airbyte/host.js';
export { allow, type Permission } from './allow.js';
export { emptyApp, WaterclockApp, type WaterclockAppProps } from './app.js';
export { checkProject } from './project/check.js';
export type { KubernetesInput } from './kubernetes/input.js';
export { kubernetesStack } from './kubernetes/stack.js';
export type { ProjectFacts } from './project/facts.js';
export { defineEnvironment, type EnvironmentSettings } from './settings.js';
export type { EnvironmentInput } from './settings/input.js';
