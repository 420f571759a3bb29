import { TerminalError } from '../model/errors.js';
import type { TaskResult } from '../model/task.js';
import type { ObjectRef } from '../model/plan.js';
import type { TaskOrder, TaskRunner } from './runner.js';

/** where a container writes its result */
export const resultVariable = ({ resultAt }: Pick<TaskOrder, 'resultAt'>): Record<string, string> =>
  resultAt ? { WATERCLOCK_RESULT: `s3://${resultAt.bucket}/${resultAt.key}` } : {};

/** the result of a container, from the object that it wrote; `read`: an object as text, undefined where there is none */
export const resultIn =
  (read: (ref: ObjectRef) => Promise<string | undefined>): TaskRunner['result'] =>
  async ({ resultAt }, _, mostBytes) =>
    resultAt && (await read(resultAt))?.slice(0, mostBytes + 1);

/** of a result file, as JSON */
export const mostResultBytes = 64 * 1024;
/** letters that are shown beside a step */
const mostShown = 160;

/** what a program wrote into its result file; throws where it is not one JSON object */
export function taskResult(name: string, text: string | undefined): TaskResult | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (Buffer.byteLength(text) > mostResultBytes)
    throw new TerminalError('TaskFailed', `${name} wrote a result of more than ${mostResultBytes} bytes`);
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch (error) {
    throw new TerminalError('TaskFailed', `the result of ${name} is not JSON: ${text.slice(0, 80)}`, { cause: error });
  }
  if (typeof read !== 'object' || read === null || Array.isArray(read))
    throw new TerminalError('TaskFailed', `the result of ${name} is not a JSON object: ${text.slice(0, 80)}`);
  return read;
}

/** `exported 120, skipped 2; all of March` */
export function resultText(result: TaskResult | undefined): string {
  const { counts, notes } = (result ?? {}) as Partial<Record<keyof TaskResult, unknown>>;
  const numbers = typeof counts === 'object' && counts !== null ? Object.entries(counts) : [];
  const counted = numbers.filter(([, count]) => typeof count === 'number').map(([name, count]) => `${name} ${count}`);
  const words = [counted.join(', '), typeof notes === 'string' ? notes : ''].filter(Boolean).join('; ');
  return words.length > mostShown ? `${words.slice(0, mostShown - 3)}...` : words;
}
