export interface Python {
  path: string;
  major: number;
  minor: number;
  makesVenvs: boolean;
}
export function findPython(env: Record<string, string | undefined>): Promise<Python | undefined>;
export function isSupported(python: Pick<Python, 'major' | 'minor'>): boolean;
