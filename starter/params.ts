import { refuse } from './failure.js';

/** commander's collector of a repeated `--param k=v` */
export function collectParam(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) refuse(`a parameter is written k=v, got '${text}'`);
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}

/** a run's parameters are kept in Temporal's history, where everyone can read them */
export function collectRunParam(text: string, earlier?: Record<string, string>): Record<string, string> {
  const params = collectParam(text, earlier);
  const secret = Object.keys(params).find((name) => /secret|passw|token|api_?key|credential/i.test(name));
  if (secret) refuse(`parameters are kept in history, '${secret}' must not be: set it in the worker's environment`);
  return params;
}
