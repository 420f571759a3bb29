type Environment = Record<string, string | undefined>;
interface Took {
  seconds: number;
  bytes: number;
}
export function setUp(root: string, env: Environment, options?: { needsPython?: boolean }): Promise<string | undefined>;
export function setUpTools(env: Environment, say?: (line: string) => void): Promise<Took | undefined>;
export function summaryOf(took: ({ name: string } & Took)[]): string;
