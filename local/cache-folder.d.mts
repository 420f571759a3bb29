type Environment = Record<string, string | undefined>;
export function cacheFolder(env?: Environment, platform?: string): string;
