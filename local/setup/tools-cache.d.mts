export function venvFolder(cache: string, lock: string, name: string, python: { major: number; minor: number }): string;
export function toolsLockFile(cache: string, lock: string, name: string): string;
export function findVenv(cache: string, lock: string, name: string): string | undefined;
export function stampVenv(lock: string, venv: string): void;
export function touchVenv(venv: string, now?: number): void;
export function removeUnusedVenvs(cache: string, now?: number): string[];
