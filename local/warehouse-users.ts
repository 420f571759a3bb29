import { createHmac } from 'node:crypto';
import type { Credentials } from './credentials.js';
import { region } from './services/region.js';

const secretOf = (name: string) => `arn:aws:secretsmanager:${region}:000000000000:secret:waterclock-${name}`;

/** who works in the warehouse, each with rights of its own: as on AWS, users whom IAM names and the administrator of the namespace */
export const warehouseUsers = {
  administrator: { name: 'awsuser', secretArn: secretOf('administrator') },
  loader: { name: 'IAMR:Waterclock-Loader', databaseRoles: ['loader'] },
  transformer: {
    name: 'IAMR:Waterclock-Transformer',
    databaseRoles: ['transformer'],
    secretArn: secretOf('transformer'),
  },
  analyst: { name: 'IAMR:Waterclock-Analyst', databaseRoles: ['analyst'], secretArn: secretOf('analyst') },
};

/** of a user on the wire; the administrator has that of PostgreSQL */
export function warehousePassword({ postgresPassword }: Credentials, { name }: { name: string }): string {
  return name === warehouseUsers.administrator.name
    ? postgresPassword
    : createHmac('sha256', postgresPassword).update(name).digest('hex');
}

/** as the local Redshift takes them: requests with the stack's key are the loader's */
export function knownUsers(credentials: Credentials): string {
  const { administrator, loader, transformer, analyst } = warehouseUsers;
  const withPassword = (user: { name: string }) => ({ ...user, password: warehousePassword(credentials, user) });
  return JSON.stringify([
    administrator,
    { ...withPassword(loader), iamRole: credentials.accessKeyId },
    withPassword(transformer),
    withPassword(analyst),
  ]);
}
