import { table } from './table.js';

/** the live table of the Web UI is markdown; other details are text already */
export function markdownTable(markdown: string, width?: number): string {
  const text = markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  if (lines.length < 3) return text;
  const named = rows.map((row) => Object.fromEntries(header.map((name, at) => [name, row[at]])));
  return table(named, { columns: header, width });
}
