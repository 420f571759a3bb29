import { Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** accepts a finding of cdk-nag's AwsSolutions on one construct, for a reason */
export function acknowledge(construct: IConstruct, rule: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}
