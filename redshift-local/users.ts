import { ServiceError, ValidationException } from './errors.js';
import type { Caller } from './statement-record.js';

/** Redshift's superuser here, and nothing of PostgreSQL's */
export const administrator = 'awsuser';

/** somebody who signs in by more than a user of the database: by IAM, by a secret, or by a password */
export interface KnownUser {
  /** of the database, made at the first sign-in; `IAMR:<role>` where IAM names it */
  name: string;
  /** database roles that each sign-in gives, as the tag RedshiftDbRoles does; one that does not exist yet is passed over */
  databaseRoles?: string[] | undefined;
  /** requests signed by keys of this role are this user's */
  iamRole?: string | undefined;
  /** requests that name this secret are this user's */
  secretArn?: string | undefined;
  /** on the wire */
  password?: string | undefined;
}

interface Given {
  SecretArn?: string | undefined;
  DbUser?: string | undefined;
}

export interface SignIn {
  user: string;
  databaseRoles: string[];
  /** a user that the database lacks is made, as IAM does it */
  isMade: boolean;
}

interface DirectoryOptions {
  known: KnownUser[];
  /** role of the keys that the service was started with: its requests are the administrator's, unless it is a known user's */
  mainRole: string;
  /** PostgreSQL's own superuser, another name of the administrator on the wire */
  owner: string;
}

/** which user of the database is meant by a request, or by a name on the wire */
export function userDirectory({ known, mainRole, owner }: DirectoryOptions) {
  const iamUser = (role: string) => known.find(({ iamRole }) => iamRole === role)?.name ?? `IAMR:${role}`;
  const isKnown = (name: string) => known.some((user) => user.name === name);
  const isAdministrator = (name: string) =>
    name === administrator || name === owner || (name === `IAMR:${mainRole}` && !isKnown(name));

  function bySecret(secretArn: string): string | undefined {
    const secrets = known.filter((user) => user.secretArn !== undefined);
    const found = secrets.find((user) => user.secretArn === secretArn);
    if (!found && secrets.length > 0)
      throw ValidationException(`Secrets Manager can't find the specified secret: ${secretArn}`);
    return found?.name;
  }

  return {
    /** the user whom DescribeStatement shows */
    ofRequest({ SecretArn, DbUser }: Given, { role }: Caller): string {
      const own = iamUser(role);
      if (SecretArn) return bySecret(SecretArn) ?? own;
      if (!DbUser || DbUser === own || isAdministrator(own)) return DbUser ?? own;
      throw new ServiceError(
        'AccessDeniedException',
        `${role} is not authorized to perform: redshift:GetClusterCredentials on resource: dbuser:${DbUser}`,
      );
    },
    isAdministrator,
    /** how a session of this user begins */
    signIn(name: string): SignIn {
      if (isAdministrator(name)) return { user: administrator, databaseRoles: [], isMade: false };
      const databaseRoles = known.find((user) => user.name === name)?.databaseRoles ?? [];
      return { user: name, databaseRoles, isMade: isKnown(name) || name.startsWith('IAMR:') };
    },
    /** undefined: the user's password is the database's */
    passwordOf: (name: string) => known.find((user) => user.name === name)?.password,
  };
}

export type UserDirectory = ReturnType<typeof userDirectory>;
