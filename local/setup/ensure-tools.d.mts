type Environment = Record<string, string | undefined>;
export const stackTools: string;
export function lockOf(name: string): string;
export function toolsVenv(name: string, env?: Environment): string | undefined;
export interface Tools {
  venv: string;
  /** absent when it was there */
  made?: { seconds: number; bytes: number };
}
export function ensureTools(
  name: string,
  options: { env: Environment; what: string; say?: (line: string) => void },
): Promise<Tools>;
