/** what a person says of a parked run: try the step again, leave it and end, or fail */
export const resolutions = ['retry', 'skip', 'fail'] as const;
export type Resolution = (typeof resolutions)[number];
