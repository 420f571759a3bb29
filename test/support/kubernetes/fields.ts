/** fields that a Job may have, as far as tasks use them; `true`: anything below */
const container = {
  name: true,
  image: true,
  args: true,
  env: { name: true, value: true, valueFrom: true },
  resources: { requests: true, limits: true },
  securityContext: true,
  volumeMounts: true,
};
const meta = { name: true, namespace: true, labels: true, annotations: true };
const fields = {
  apiVersion: true,
  kind: true,
  metadata: meta,
  spec: {
    backoffLimit: true,
    activeDeadlineSeconds: true,
    ttlSecondsAfterFinished: true,
    template: {
      metadata: meta,
      spec: {
        restartPolicy: true,
        serviceAccountName: true,
        terminationGracePeriodSeconds: true,
        automountServiceAccountToken: true,
        enableServiceLinks: true,
        securityContext: true,
        containers: container,
        volumes: true,
        nodeSelector: true,
        tolerations: true,
      },
    },
  },
};

/** what strict validation says of fields that are not known */
export function unknownFields(given: unknown, known: object | true = fields, at = ''): string[] {
  if (known === true || typeof given !== 'object' || given === null) return [];
  if (Array.isArray(given)) return given.flatMap((one, index) => unknownFields(one, known, `${at}[${index}]`));
  return Object.entries(given).flatMap(([name, value]) => {
    const below = (known as Record<string, object | true>)[name];
    const path = at ? `${at}.${name}` : name;
    return below === undefined ? [`unknown field "${path}"`] : unknownFields(value, below, path);
  });
}
