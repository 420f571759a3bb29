type Packages = Record<string, { version?: string; optional?: boolean; peer?: boolean }>;
export function isInstalled(wanted: Packages, installed: Packages): boolean;
