import { ValidationException } from '../errors.js';
import type { Caller } from '../statement-record.js';
import type { UserDirectory } from '../users.js';

export interface Where {
  ClusterIdentifier?: string | undefined;
  WorkgroupName?: string | undefined;
  Database?: string | undefined;
  SecretArn?: string | undefined;
  DbUser?: string | undefined;
}

/** an ARN names the same workgroup as its last part */
const workgroupOf = (name: string | undefined) => name?.split('workgroup/').at(-1);

export function atMostOnePlace({ WorkgroupName, ClusterIdentifier }: Where): void {
  if (WorkgroupName && ClusterIdentifier)
    throw ValidationException('Only one of ClusterIdentifier and WorkgroupName can be specified.');
}

/** where to connect and as whom, by the combinations the service documents */
export function connectionOf(where: Where, caller: Caller, users: UserDirectory) {
  const { WorkgroupName, ClusterIdentifier, Database, SecretArn } = where;
  atMostOnePlace(where);
  // the secret names its cluster
  if (!WorkgroupName && !ClusterIdentifier && !SecretArn)
    throw ValidationException('Either ClusterIdentifier or WorkgroupName needs to be specified.');
  if (!Database) throw ValidationException('Database name is required when connecting to a cluster or workgroup.');
  return {
    database: Database,
    workgroup: workgroupOf(WorkgroupName),
    cluster: ClusterIdentifier,
    secretArn: SecretArn,
    dbUser: users.ofRequest(where, caller),
  };
}

/** what filters a list */
export const placeFilter = ({ WorkgroupName, ClusterIdentifier, Database }: Where) => ({
  database: Database,
  workgroup: workgroupOf(WorkgroupName),
  cluster: ClusterIdentifier,
});
