import { createHash } from 'node:crypto';
import type { TaskOrder } from './runner.js';

/** names of Kubernetes that are a label's value too have 63 letters; so much is left for what people know it by */
const mostNamed = 46;

/** the same for the same try of a run's step: where names are unique, a second task of it cannot be made */
export function ownName({ id, container }: Pick<TaskOrder, 'id' | 'container'>): string {
  const known = (container?.family ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const hash = createHash('sha256').update(id).digest('hex').slice(0, 16);
  return `${known.slice(0, mostNamed).replace(/^-+|-+$/g, '') || 'task'}-${hash}`;
}
