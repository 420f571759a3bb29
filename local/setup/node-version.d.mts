export const needed: string;
export function isNewEnough(version: string): boolean;
