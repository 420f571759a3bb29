import type { EntityPlan } from '../model/columns.js';
import type { RunRef } from '../model/keys.js';
import type { Loaded } from '../model/plan.js';

export type LoadCounts = Omit<Loaded, 'manifest'>;

export interface LoadFiles {
  /** `s3://` address of the COPY manifest; absent when there are no rows */
  copyManifest?: string;
  rows: number;
}

export interface LoadOptions extends LoadFiles {
  run: RunRef;
  entity: EntityPlan;
  /** of the records whose rows replace those that they had before */
  parents?: LoadFiles;
  rejected: number;
  startedAt: string;
  copyRoleArn: string;
}
