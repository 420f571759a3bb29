/** what a supervisor needs to know of one program */
export interface Service {
  name: string;
  port?: number;
  /** that it binds too */
  morePorts?: number[];
  command: string;
  args: string[];
  environment: Record<string, string>;
  folder?: string;
  /** another user to run as, when the program refuses root */
  user?: { uid: number; gid: number };
  /** rejects or answers false while it is not ready; asked again until `readyWithin` */
  ready: (log: ServiceLog) => Promise<boolean>;
  /** milliseconds, 60 s unless told */
  readyWithin?: number;
  stopSignal?: NodeJS.Signals;
  /** milliseconds between the stop signal and SIGKILL */
  grace?: number;
}

export interface ServiceLog {
  path: string;
  /** what the present process has written so far */
  text(): string;
}
