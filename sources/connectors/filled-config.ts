import type { CustomInput } from '../../model/custom-code.js';
import { isSecret } from '../../model/http-source.js';
import { mapTexts } from '../../model/map-texts.js';
import { withTimes } from '../../model/times.js';

const param = /\{params\.([^{}]*)\}/g;
const onlyParam = /^\{params\.([^{}]*)\}$/;

/** the configuration of one interval; what names a param that was not given is left out */
export function filledConfig(
  config: Record<string, unknown>,
  { interval, params, secret }: CustomInput,
): Record<string, unknown> {
  const filled = mapTexts(config, (text) => {
    const names = Array.from(text.matchAll(param), ([, name = '']) => name);
    if (names.some((name) => params[name] === undefined)) return undefined;
    // a text that is only a param keeps its type
    const [, only] = onlyParam.exec(text) ?? [];
    if (only !== undefined) return params[only];
    return withTimes(text, interval).replace(param, (_, name: string) => String(params[name]));
  });
  return withSecrets(filled, secret) as Record<string, unknown>;
}

function withSecrets(value: unknown, read: (name: string) => string): unknown {
  if (isSecret(value)) return read(value.secret);
  if (Array.isArray(value)) return value.map((one) => withSecrets(one, read));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withSecrets(one, read)]));
}
