import type { DatabaseStore } from './database-store.js';
import type { SessionRecord } from './session-record.js';

/** sessions outlive the process as records only: their connections die with it */
export function sessionStore(database: DatabaseStore) {
  type Row = { body: SessionRecord; owner: string };

  async function asItIs({ body, owner }: Row): Promise<SessionRecord> {
    if (body.status === 'CLOSED' || (await database.lives(Number(owner)))) return body;
    const { statementId: _, ...rest } = body;
    return { ...rest, status: 'CLOSED' };
  }

  return {
    async save(record: SessionRecord): Promise<void> {
      await (
        await database.pool()
      ).query(
        `insert into _redshift_data.sessions (id, principal, owner, body) values ($1, $2, $3, $4)
         on conflict (id) do update set body = excluded.body`,
        [record.id, record.principal, database.owner, JSON.stringify(record)],
      );
    },
    async find(id: string): Promise<SessionRecord | undefined> {
      const { rows } = await (
        await database.pool()
      ).query<Row>('select body, owner from _redshift_data.sessions where id = $1', [id]);
      return rows[0] && asItIs(rows[0]);
    },
    async list(principal: string): Promise<SessionRecord[]> {
      const { rows } = await (
        await database.pool()
      ).query<Row>('select body, owner from _redshift_data.sessions where principal = $1 order by at desc, id', [
        principal,
      ]);
      return Promise.all(rows.map(asItIs));
    },
  };
}

export type SessionStore = ReturnType<typeof sessionStore>;
