import type { KubeObject } from '../api.js';

export interface Probe {
  exec?: { command: string[] };
  httpGet?: { path?: string; port: number | string };
  periodSeconds?: number;
  timeoutSeconds?: number;
  failureThreshold?: number;
  successThreshold?: number;
  initialDelaySeconds?: number;
}

interface KeyRef {
  name: string;
  key: string;
  optional?: boolean;
}

export interface Variable {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: KeyRef;
    configMapKeyRef?: KeyRef;
    fieldRef?: { fieldPath: string };
  };
}

export interface ContainerSpec {
  name: string;
  image: string;
  command?: string[];
  args?: string[];
  env?: Variable[];
  ports?: { name?: string; containerPort: number }[];
  volumeMounts?: { name: string; mountPath: string }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
}

export interface Pod extends KubeObject {
  spec: {
    containers: [ContainerSpec];
    volumes?: { name: string; emptyDir?: object; secret?: { secretName: string } }[];
    restartPolicy: 'Always' | 'OnFailure' | 'Never';
    terminationGracePeriodSeconds: number;
    serviceAccountName?: string;
    nodeName?: string;
  };
}

/** `data/prod-ingest-7c9` */
export const nameOf = ({ metadata: { namespace, name } }: KubeObject) => `${namespace}/${name}`;

export const pathOf = ({ metadata: { namespace, name } }: KubeObject) => `/api/v1/namespaces/${namespace}/pods/${name}`;
