import { RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';

/** Redshift would make these groups itself, and keep them for ever */
export function auditLogs(stack: Stack, namespace: string): void {
  for (const log of ['userlog', 'connectionlog', 'useractivitylog']) {
    new LogGroup(stack, `Audit-${log}`, {
      logGroupName: `/aws/redshift/${namespace}/${log}`,
      retention: RetentionDays.ONE_YEAR,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}
