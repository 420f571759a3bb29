import type { Credentials } from '../credentials.js';
import type { Ports } from '../ports.js';

/** what the tests know of their stack */
export interface TestStack {
  root: string;
  state: string;
  /** folder of the program as containers run it: compiled, the workflows bundled */
  program: string;
  ports: Ports;
  credentials: Credentials;
  /** the product's settings for the stack as it is; a test file takes its own by `fileStack()` */
  environment: Record<string, string>;
  tools: { temporal: string; testServer: string; dbt: string; rclone: string };
}
