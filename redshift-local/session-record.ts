export interface SessionRecord {
  id: string;
  principal: string;
  accessKey: string;
  database: string;
  dbUser: string;
  workgroup?: string;
  cluster?: string;
  status: 'AVAILABLE' | 'BUSY' | 'CLOSED';
  createdAt: number;
  updatedAt: number;
  /** seconds it lives on after a statement */
  keepAlive: number;
  expiresAt: number;
  statementId?: string;
}
