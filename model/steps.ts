/** of a run, in order */
export const steps = ['extract', 'validate', 'parquet', 'copy', 'dbt'] as const;
export type Step = (typeof steps)[number];
