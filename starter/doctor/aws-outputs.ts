import { CloudFormationClient, paginateDescribeStacks, type Stack } from '@aws-sdk/client-cloudformation';

export interface Deployed {
  /** status of each stack, by its name without `waterclock-<env>-` */
  stacks: Map<string, string>;
  /** what the stacks say of themselves, by the output's key */
  outputs: Map<string, string>;
}

/** every stack of the environment and its outputs */
export async function readOutputs(env: string): Promise<Deployed> {
  const client = new CloudFormationClient();
  const prefix = `waterclock-${env}-`;
  const found: Stack[] = [];
  try {
    for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {})) found.push(...Stacks);
  } finally {
    client.destroy();
  }
  const own = found.filter(({ StackName = '', ParentId }) => StackName.startsWith(prefix) && !ParentId);
  return {
    stacks: new Map(own.map(({ StackName = '', StackStatus = '' }) => [StackName.slice(prefix.length), StackStatus])),
    outputs: new Map(
      own.flatMap(({ Outputs = [] }) =>
        Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
      ),
    ),
  };
}
