import { z } from 'zod';
import { ResourceNotFoundException, ValidationException } from '../errors.js';
import type { SessionRecord } from '../session-record.js';
import type { Caller } from '../statement-record.js';
import { paging, parse, place, sessionId } from './input.js';
import type { Operation, OperationParts } from './operation.js';
import { decodeToken, pageOf } from './page-token.js';
import { atMostOnePlace, placeFilter } from './where.js';

const pageSize = 100;

const shape = z.object({
  ...place,
  ...paging(pageSize),
  RoleLevel: z.boolean().default(true),
  SessionId: sessionId.optional(),
  Status: z.enum(['AVAILABLE', 'BUSY', 'CLOSED']).optional(),
});
type Input = z.infer<typeof shape>;

export function listSessions({ sessions }: OperationParts): Operation {
  return async (input, caller) => {
    const asked = parse(shape, input);
    atMostOnePlace(asked);
    const limit = asked.MaxResults || pageSize;
    const offset = decodeToken(asked.NextToken, 'sessions');
    const found = wanted(await sessions.list(caller), asked, caller);
    const { page, ...rest } = pageOf(found.slice(offset), 'sessions', offset, limit);
    return JSON.stringify({ Sessions: page.map(shown), ...rest });
  };
}

function wanted(all: SessionRecord[], asked: Input, { accessKey }: Caller): SessionRecord[] {
  if (asked.SessionId) {
    const others = (['Status', 'ClusterIdentifier', 'WorkgroupName', 'Database'] as const).filter(
      (name) => asked[name],
    );
    if (others.length > 0) throw ValidationException(`SessionId cannot be given together with ${others.join(', ')}.`);
    const one = all.filter(({ id }) => id === asked.SessionId);
    if (one.length === 0) throw ResourceNotFoundException('Session does not exist.', asked.SessionId);
    return one;
  }
  const { database, workgroup, cluster } = placeFilter(asked);
  return all.filter(
    (one) =>
      (asked.Status ? one.status === asked.Status : one.status !== 'CLOSED') &&
      (asked.RoleLevel || one.accessKey === accessKey) &&
      (database === undefined || one.database === database) &&
      (workgroup === undefined || one.workgroup === workgroup) &&
      (cluster === undefined || one.cluster === cluster),
  );
}

const shown = (one: SessionRecord) => ({
  SessionId: one.id,
  Status: one.status,
  CreatedAt: one.createdAt,
  UpdatedAt: one.updatedAt,
  Database: one.database,
  DbUser: one.dbUser,
  SessionAliveSeconds: one.keepAlive,
  SessionTtl: one.expiresAt,
  ...(one.workgroup && { WorkgroupName: one.workgroup }),
  ...(one.cluster && { ClusterIdentifier: one.cluster }),
  ...(one.status === 'BUSY' && { CurrentStatementId: one.statementId }),
});
