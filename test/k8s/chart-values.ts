import { warehouseUsers } from '../../local/warehouse-users.js';

const { administrator, analyst, loader, transformer } = warehouseUsers;

/** what the chart's values have a field for */
const own = [
  'AWS_REGION',
  'TEMPORAL_ADDRESS',
  'TEMPORAL_NAMESPACE',
  'WATERCLOCK_CATALOG',
  'WATERCLOCK_COPY_ROLE_ARN',
  'WATERCLOCK_DBT_TARGET',
  'WATERCLOCK_GRACE_SECONDS',
  'WATERCLOCK_LAKE_BUCKET',
  'WATERCLOCK_REDSHIFT_ADMINISTRATOR_SECRET_ARN',
  'WATERCLOCK_REDSHIFT_DATABASE',
  'WATERCLOCK_REDSHIFT_HOST',
  'WATERCLOCK_REDSHIFT_LOADER',
  'WATERCLOCK_REDSHIFT_PORT',
  'WATERCLOCK_REDSHIFT_WORKGROUP',
  'WATERCLOCK_WEB_UI',
];
/** what the image has */
const ofImage = ['WATERCLOCK_DBT', 'WATERCLOCK_DBT_PROJECT_DIR', 'WATERCLOCK_PROJECT', 'TMPDIR'];
/** of the transformer alone, and of a secret */
const ofTransform = ['WATERCLOCK_REDSHIFT_USER', 'WATERCLOCK_REDSHIFT_PASSWORD'];
export const secretNames = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'WATERCLOCK_REDSHIFT_PASSWORD'];

/** values with which the chart's workers reach the stack of these settings, each role as a user of the warehouse of its own */
export function chartValues(environment: Record<string, string>, image: { repository: string; tag: string }): object {
  const setting = (name: string) => environment[name] ?? '';
  const others = Object.entries(environment).filter(
    ([name]) => ![...own, ...ofImage, ...ofTransform, ...secretNames].includes(name) && !name.startsWith('PG'),
  );
  const resources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } };
  const worker = (settings: Record<string, string>) => ({
    replicas: 1,
    resources,
    settings,
    autoscaling: { enabled: false, min: 1, max: 1, cpu: 70, backlog: 0 },
  });
  const asAnalyst = { WATERCLOCK_REDSHIFT_SECRET_ARN: analyst.secretArn };
  return {
    image,
    temporal: { address: setting('TEMPORAL_ADDRESS'), namespace: setting('TEMPORAL_NAMESPACE') },
    aws: { region: setting('AWS_REGION') },
    lake: { bucket: setting('WATERCLOCK_LAKE_BUCKET') },
    warehouse: {
      database: setting('WATERCLOCK_REDSHIFT_DATABASE'),
      workgroup: setting('WATERCLOCK_REDSHIFT_WORKGROUP'),
      host: setting('WATERCLOCK_REDSHIFT_HOST'),
      port: Number(setting('WATERCLOCK_REDSHIFT_PORT')),
      copyRoleArn: setting('WATERCLOCK_COPY_ROLE_ARN'),
      catalog: setting('WATERCLOCK_CATALOG'),
      loader: loader.name,
      administratorSecretArn: administrator.secretArn,
    },
    dbt: { target: setting('WATERCLOCK_DBT_TARGET') },
    settings: Object.fromEntries(others),
    secrets: Object.fromEntries(secretNames.map((name) => [name, { secret: 'stack', key: name }])),
    workers: {
      workflows: worker(asAnalyst),
      ingest: worker(asAnalyst),
      // with the key of the stack it is the loader
      warehouse: worker({ WATERCLOCK_WAREHOUSE_SLOTS: '8' }),
      transform: worker({ WATERCLOCK_REDSHIFT_USER: transformer.name, WATERCLOCK_TRANSFORM_SLOTS: '2' }),
    },
    graceSeconds: 10,
  };
}
