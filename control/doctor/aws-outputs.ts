import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation';

export interface Deployed {
  /** status of each stack that is there, by its name without `waterclock-<env>-` */
  stacks: Map<string, string>;
  /** what the stacks say of themselves, by the output's key */
  outputs: Map<string, string>;
}

/** asked by name: a deployer may not list what else the account holds */
export async function readOutputs(env: string, names: readonly string[]): Promise<Deployed> {
  const client = new CloudFormationClient();
  const deployed: Deployed = { stacks: new Map(), outputs: new Map() };
  try {
    const found = await Promise.all(names.map((name) => describe(client, `waterclock-${env}-${name}`)));
    for (const [at, name] of names.entries()) {
      const stack = found[at];
      if (!stack) continue;
      deployed.stacks.set(name, stack.StackStatus ?? 'unknown');
      for (const { OutputKey = '', OutputValue = '' } of stack.Outputs ?? [])
        deployed.outputs.set(OutputKey, OutputValue);
    }
  } finally {
    client.destroy();
  }
  return deployed;
}

async function describe(client: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    return (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.[0];
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist')) {
      return undefined;
    }
    throw error;
  }
}
