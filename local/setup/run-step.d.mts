export function runStep(
  command: string,
  args: string[],
  options: {
    cwd: string;
    env: Record<string, string | undefined>;
    /** path of the file that the output is added to */
    log: string;
    onSpawn?: (pid: number) => void;
    signal?: AbortSignal;
  },
): Promise<{ code: number; output: string }>;
