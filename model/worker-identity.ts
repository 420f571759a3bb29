/** how a worker names itself to Temporal: the process, and the hash of the definitions that it has */
export const workerIdentity = (pid: number, host: string, definitions: string) => `${pid}@${host}/${definitions}`;

/** the hash in an identity; undefined of a worker that names none */
export function definitionsIn(identity: string | null | undefined): string | undefined {
  return /\/([0-9a-f]{12})$/.exec(identity ?? '')?.[1];
}
