/** the beginning of a JSON document up to its last whole value, closed: `{"a":[1,2,{"b` becomes `{"a":[1,2,{}]}` */
export function wholeJson(text: string): string {
  /** what closes the objects and lists that are open: it does not change behind the cut */
  const open: string[] = [];
  let cut = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (inString) {
      if (letter === '\\') at++;
      else if (letter === '"') inString = false;
      continue;
    }
    if (letter === '"') inString = true;
    else if (letter === ',') cut = at;
    else if (letter === '{' || letter === '[') {
      open.push(letter === '{' ? '}' : ']');
      cut = at + 1;
    } else if (letter === '}' || letter === ']') {
      open.pop();
      cut = at + 1;
    }
  }
  return `${text.slice(0, cut)}${open.toReversed().join('')}`;
}
