export function processStart(pid: number): string | undefined;
export function linuxProcessStart(stat: string): string | undefined;
