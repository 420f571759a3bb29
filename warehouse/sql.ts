/** a value as SQL text, for what Redshift does not prepare: DDL, COPY and the batches around them */
export function literal(value: string | number | null): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** `2022-11-24T10:00:00Z` -> `TIMESTAMP '2022-11-24 10:00:00'` */
export function timestamp(iso: string): string {
  return `CAST(${literal(bare(iso))} AS TIMESTAMP)`;
}

const bare = (iso: string) => iso.replace('T', ' ').replace('Z', '').slice(0, 23);

/** values bound by name, each once */
export function binder() {
  const names = new Map<string, string>();
  const bind = (value: string, type: string) => {
    // neither can be sent
    const clean = value.toWellFormed().replaceAll('\0', '\ufffd');
    const name = names.get(clean) ?? `p${names.size + 1}`;
    names.set(clean, name);
    return `CAST(:${name} AS ${type})`;
  };
  return {
    text: (value: string | undefined, bytes = 4096) => (value ? bind(value, `VARCHAR(${bytes})`) : 'NULL'),
    /** ISO, UTC */
    time: (iso: string) => bind(bare(iso), 'TIMESTAMP'),
    parameters: () => Object.fromEntries([...names].map(([value, name]) => [name, value])),
  };
}
