/** what is read of Kubernetes' objects; they have more */
interface Meta {
  name: string;
  uid?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
}

export interface Condition {
  type: string;
  status: 'True' | 'False' | 'Unknown';
  reason?: string;
  message?: string;
}

export interface Job {
  metadata: Meta;
  spec?: {
    template: { spec: { containers: { name: string; resources?: { limits?: Record<string, string> } }[] } };
  };
  status?: { conditions?: Condition[] };
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: { exitCode: number; signal?: number; reason?: string; message?: string };
}

export interface Pod {
  metadata: Meta;
  spec?: { nodeName?: string };
  status?: {
    phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';
    reason?: string;
    message?: string;
    conditions?: Condition[];
    containerStatuses?: { name: string; state?: ContainerState }[];
  };
}

export interface Event {
  reason?: string;
  message?: string;
}

/** name of the container that has the program */
export const mainContainer = 'main';

export const stateOf = (pod: Pod | undefined): ContainerState =>
  pod?.status?.containerStatuses?.find(({ name }) => name === mainContainer)?.state ?? {};

/** a condition that holds */
export const conditionOf = ({ status }: Job | Pod, ...types: string[]): Condition | undefined =>
  status?.conditions?.find((one) => one.status === 'True' && types.includes(one.type));
