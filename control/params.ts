import { TerminalError } from '../model/errors.js';
import { isSecretName, type Params } from '../model/params.js';
import type { Pipeline } from '../define/pipeline.js';
import { refuse } from './failure.js';

/** commander's collector of a repeated `--param k=v` */
export function collectParam(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) refuse(`a parameter is written k=v, got '${text}'`);
  const name = text.slice(0, at);
  if (Object.hasOwn(earlier, name))
    refuse(`parameter ${name} is given twice: '${earlier[name]}' and '${text.slice(at + 1)}'`);
  return { ...earlier, [name]: text.slice(at + 1) };
}

/** a run's parameters are kept in Temporal's history, where everyone can read them */
export function collectRunParam(text: string, earlier?: Record<string, string>): Record<string, string> {
  const params = collectParam(text, earlier);
  const secret = Object.keys(params).find(isSecretName);
  if (secret) refuse(`parameters are kept in history, '${secret}' must not be: set it in the worker's environment`);
  return params;
}

/** what `--param` said, by the types of the pipeline's own schema */
export function paramsFor({ params }: Pick<Pipeline, 'params'>, texts: Record<string, string> = {}): Params {
  try {
    return params.read(texts);
  } catch (error) {
    if (error instanceof TerminalError) refuse(error.message);
    throw error;
  }
}
