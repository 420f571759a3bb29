/** `launch_cores` -> `launchCores`, a name in code */
export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()).replace(/_/g, '');
}
