import type { Pipeline } from '../define/pipeline.js';
import { refuse } from './failure.js';

export function findPipeline(pipelines: Pipeline[], name: string): Pipeline {
  const found = pipelines.find((pipeline) => pipeline.name === name);
  if (found) return found;
  const known = pipelines.map((pipeline) => pipeline.name);
  const near = closest(name, known);
  refuse(`no pipeline is named '${name}'${near ? `, did you mean ${near}?` : ''} (known: ${known.join(', ')})`);
}

/** the name that is at most a third of its letters away */
export function closest(name: string, known: string[]): string | undefined {
  const [best] = known
    .map((candidate) => ({ candidate, away: distance(name.toLowerCase().replaceAll('-', '_'), candidate) }))
    .filter(({ candidate, away }) => away <= Math.max(1, candidate.length / 3))
    .sort((a, b) => a.away - b.away);
  return best?.candidate;
}

/** Levenshtein */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
