import type { Credentials } from '../credentials.js';
import type { Ports } from '../ports.js';

export interface ServiceOptions {
  state: string;
  ports: Ports;
  credentials: Credentials;
  /** what every service inherits */
  environment: Record<string, string>;
}
