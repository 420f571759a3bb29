import { refuse } from './failure.js';

/** commander's collector of a repeated `--param k=v` */
export function collectParam(text: string, earlier: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) refuse(`a parameter is written k=v, got '${text}'`);
  return { ...earlier, [text.slice(0, at)]: text.slice(at + 1) };
}
