export function pythonVenv(root: string, name: string, env: Record<string, string | undefined>): Promise<string>;
