const prefix = 'WATERCLOCK_SOURCE_';
const limits = ['WATERCLOCK_SOURCE_MOST_BYTES', 'WATERCLOCK_SOURCE_LEAST_BYTES_PER_SECOND'];

/** variable of the address that replaces the one in a pipeline's definition */
export const sourceVariable = (pipeline: string): string => `${prefix}${pipeline.toUpperCase()}`;

/** the pipeline whose address a variable replaces; undefined for any other variable */
export const pipelineOfVariable = (variable: string): string | undefined =>
  variable.startsWith(prefix) && !limits.includes(variable) ? variable.slice(prefix.length).toLowerCase() : undefined;
