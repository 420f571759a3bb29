export function withSetUpLock<T>(
  path: string,
  say: (line: string) => void,
  work: (onSpawn: (pid: number) => void) => Promise<T> | T,
): Promise<T>;
