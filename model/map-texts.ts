import { isSecret } from './http-source.js';

/** plain data with each text in it replaced; a member whose text becomes undefined is left out, secrets stay as they are */
export function mapTexts(value: unknown, replace: (text: string) => unknown): unknown {
  if (typeof value === 'string') return replace(value);
  if (typeof value !== 'object' || value === null || isSecret(value)) return value;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, replace)).filter((one) => one !== undefined);
  const members = Object.entries(value).map(([name, one]) => [name, mapTexts(one, replace)] as const);
  return Object.fromEntries(members.filter(([, one]) => one !== undefined));
}

export function textsIn(value: unknown): string[] {
  const found: string[] = [];
  mapTexts(value, (text) => found.push(text));
  return found;
}
