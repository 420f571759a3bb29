/** what a person says of a parked run: try the step again, leave it and end, or fail */
export const resolutions = ['retry', 'skip', 'fail'] as const;
export type Resolution = (typeof resolutions)[number];

/** who says something of a run, and why; an answer from the Web UI may lack both */
export interface Reason {
  by?: string;
  note?: string;
}

/** a person's answer to one parked step */
export interface Resolved extends Reason {
  answer: Resolution;
  /** ISO */
  at: string;
}

/** letters of a reason: the ledger's column takes them, whatever they are made of */
export const mostReasonLetters = 1_000;
const mostNameLetters = 256;

/** what is wrong with an answer to a parked run */
export function resolutionProblem(answer: unknown, reason: unknown): string | undefined {
  if (!resolutions.some((known) => known === answer))
    return `resolve takes ${resolutions.join(', ')}, got ${String(answer)}`;
  if (reason === undefined || reason === null) return undefined;
  if (typeof reason !== 'object') return `resolve takes { by, note } after ${String(answer)}, got ${typeof reason}`;
  const { by, note } = reason as Record<string, unknown>;
  return textProblem('by', by, mostNameLetters) ?? textProblem('note', note, mostReasonLetters);
}

function textProblem(name: string, value: unknown, most: number): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string') return `${name} is a text, got ${typeof value}`;
  const letters = Array.from(value).length;
  return letters > most ? `${name} has up to ${most} letters, got ${letters}` : undefined;
}

/** `skip by ada: the vendor sent nothing` */
export function resolvedText({ answer, by, note }: Resolved): string {
  return `${answer}${by ? ` by ${by}` : ''}${note ? `: ${note}` : ''}`;
}
