import { CfnOutput, Stack, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { isProduction, type EnvironmentSettings } from './settings.js';

/** one stack of an environment; those of production cannot be deleted by accident */
export function makeStack(scope: Construct, settings: EnvironmentSettings, name: string, description: string): Stack {
  const stackName = `waterclock-${settings.name}-${name}`;
  const stack = new Stack(scope, stackName, {
    // within a stage too, where CDK would put the stage's name before it: `waterclock doctor` looks for this one
    stackName,
    description: `Waterclock ${settings.name}: ${description}`,
    env: { region: settings.region, ...(settings.account && { account: settings.account }) },
    terminationProtection: isProduction(settings),
  });
  Tags.of(stack).add('project', 'waterclock');
  Tags.of(stack).add('environment', settings.name);
  return stack;
}

/** a stable key that people and `waterclock doctor` read */
export function output(stack: Stack, key: string, value: string, description: string): void {
  new CfnOutput(stack, `Output${key}`, { value, description }).overrideLogicalId(key);
}
