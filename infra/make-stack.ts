import { CfnOutput, Stack, Tags, type App } from 'aws-cdk-lib';
import type { EnvironmentSettings } from './settings.js';

/** one stack of an environment; prod's cannot be deleted by accident */
export function makeStack(app: App, settings: EnvironmentSettings, name: string, description: string): Stack {
  const stack = new Stack(app, `waterclock-${settings.name}-${name}`, {
    description: `Waterclock ${settings.name}: ${description}`,
    env: { region: settings.region, ...(settings.account && { account: settings.account }) },
    terminationProtection: settings.name === 'prod',
  });
  Tags.of(stack).add('project', 'waterclock');
  Tags.of(stack).add('environment', settings.name);
  return stack;
}

/** a stable key that people and `waterclock doctor` read */
export function output(stack: Stack, key: string, value: string, description: string): void {
  new CfnOutput(stack, `Output${key}`, { value, description }).overrideLogicalId(key);
}
