/** the one place where values become SQL text */
export function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `2022-11-24T10:00:00Z` -> `TIMESTAMP '2022-11-24 10:00:00'` */
export function timestamp(iso: string): string {
  return `CAST(${literal(iso.replace('T', ' ').replace('Z', '').slice(0, 23))} AS TIMESTAMP)`;
}
