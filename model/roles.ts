/** kinds of work that a worker can be told to take: to orchestrate, to bring data into the lake, to load it, to build models */
export const roles = ['workflows', 'ingest', 'warehouse', 'transform'] as const;
export type Role = (typeof roles)[number];
