/**
 * names of fields from the outside in, of a path that a definition writes as text: `geo.lat` is the field `lat` in `geo`,
 * `geo\.lat` the field `geo.lat`, `\\` a backslash. A backslash before anything else is itself
 */
export function parsePath(text: string): string[] {
  const names = [''];
  for (const [part] of text.matchAll(/\\[.\\]|[^]/gu)) {
    if (part === '.') names.push('');
    else names.push((names.pop() ?? '') + (part.length > 1 && part.startsWith('\\') ? part.slice(1) : part));
  }
  return names;
}

/** the text that a definition has for a path */
export function pathText(path: readonly string[]): string {
  return path.map((name) => name.replace(/[.\\]/g, '\\$&')).join('.');
}
