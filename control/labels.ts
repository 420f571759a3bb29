import type { Command } from 'commander';
import type { Policy } from '../model/policy.js';
import type { Pipeline } from '../define/pipeline.js';
import { refuse } from './failure.js';

export interface Labels {
  owner?: string[];
  tag?: string[];
}

interface Labelled {
  name: string;
  policy: Pick<Policy, 'owner' | 'tags'>;
}

const collected = (text: string, earlier: string[] = []) => [...earlier, text];

/** `--owner` and `--tag`, of a command that lists */
export function labelOptions(command: Command): Command {
  return command
    .option('--owner <name>', 'only pipelines of this owner; repeat it for several owners', collected)
    .option('--tag <tag>', 'only pipelines with this tag; repeat it for pipelines that have all of them', collected);
}

/** the pipelines that carry these labels; a label that no definition has is refused */
export function labelledWith<T extends Labelled>(pipelines: T[], { owner = [], tag = [] }: Labels): T[] {
  const owners = new Set(pipelines.flatMap(({ policy }) => policy.owner ?? []));
  const tags = new Set(pipelines.flatMap(({ policy }) => policy.tags ?? []));
  refuseUnknown('owner', owner, owners);
  refuseUnknown('tag', tag, tags);
  return pipelines.filter(
    ({ policy }) =>
      (owner.length === 0 || owner.some((one) => one === policy.owner)) &&
      tag.every((one) => policy.tags?.includes(one)),
  );
}

function refuseUnknown(what: string, asked: string[], known: Set<string>): void {
  const unknown = asked.find((one) => !known.has(one));
  if (unknown === undefined) return;
  const names = [...known].sort().join(', ') || 'none is set in a definition';
  refuse(`no pipeline has the ${what} '${unknown}' (known: ${names})`);
}

/** what Temporal keeps beside a run, for those who look at it there */
export function memoOf({ policy: { owner, tags } }: Pick<Pipeline, 'policy'>): Record<string, unknown> | undefined {
  return owner === undefined && tags === undefined ? undefined : { ...(owner && { owner }), ...(tags && { tags }) };
}
