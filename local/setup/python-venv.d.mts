export function pythonVenv(name: string, env: Record<string, string | undefined>): Promise<string>;
