import type { Role } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';

/** what other stacks use of the warehouse */
export interface Warehouse {
  database: string;
  workgroup: { name: string; arn: string; host: string };
  namespaceArn: string;
  copyRole: Role;
  /** Glue database of the external tables */
  catalog: string;
  /** made and rotated by Redshift, which names it; its ARN ends in random letters */
  adminSecret: { name: string; arn: string };
  key: Key;
  usageLimitId: string;
}
