import type { MessagePort } from 'node:worker_threads';
import { encodeEntity as encode, type EncodeEntityTask } from '../activities/threads/encode-entity.js';
import { validatePart as validate, type ValidatePartTask } from '../activities/threads/validate-part.js';
import { pipelines } from '../pipelines/index.js';

interface Call<T> {
  task: T;
  port: MessagePort;
}

export function validatePart({ task, port }: Call<ValidatePartTask>) {
  return validate(task, pipelines, () => port.postMessage(null));
}

export function encodeEntity({ task, port }: Call<EncodeEntityTask>) {
  return encode(task, () => port.postMessage(null));
}
