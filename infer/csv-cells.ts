type CellKind = 'number' | 'boolean' | 'time' | 'text';

/** as JSON writes one: a leading zero is part of a code */
const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d{1,3})?$/;
const spacedTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d)/;
const timeLike = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d|$)/;

/** what the text of one field could be */
export function cellKind(text: string): CellKind {
  if (text.length <= 40 && number.test(text)) return 'number';
  if (/^(true|false)$/i.test(text)) return 'boolean';
  return timeLike.test(text) ? 'time' : 'text';
}

type Row = Record<string, unknown>;

/** what each column is, where all of its texts are it */
export function columnKinds(rows: Row[]): Map<string, CellKind> {
  const kinds = new Map<string, CellKind>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      if (typeof value !== 'string') continue;
      const kind = cellKind(value);
      kinds.set(name, (kinds.get(name) ?? kind) === kind ? kind : 'text');
    }
  }
  return kinds;
}

/** a row as the line of JSON that says the same, its numbers with all of their digits */
export function jsonLine(row: Row, kinds: Map<string, CellKind>): string {
  const members = Object.entries(row).map(
    ([name, value]) => `${JSON.stringify(name)}:${jsonText(value, kinds.get(name))}`,
  );
  return `{${members.join(',')}}`;
}

function jsonText(value: unknown, kind: CellKind | undefined): string {
  if (typeof value !== 'string') return 'null';
  if (kind === 'number') return value;
  if (kind === 'boolean') return value.toLowerCase();
  return JSON.stringify(kind === 'time' ? value.replace(spacedTime, '$1T$2') : value);
}
