import { CfnPodIdentityAssociation } from 'aws-cdk-lib/aws-eks';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { roles } from 'waterclock/facts';
import type { Environment } from '../add-environment.js';
import { allow } from '../allow.js';
import { makeStack, output } from '../make-stack.js';
import { arnOf } from '../settings/given-value.js';
import { permitOperator } from '../workers/operator-permissions.js';
import { hasContainers } from '../project/tasks.js';
import { permit } from '../workers/permissions.js';
import { programRole } from '../workers/program-role.js';
import { permitRaw } from '../workers/raw-objects.js';
import { chartValues } from './chart-values.js';
import type { KubernetesInput } from './input.js';

/** roles of the service accounts of the Helm chart, by EKS Pod Identity, and the values that the chart takes from the other stacks */
export function kubernetesStack(scope: Construct, environment: Environment, input: KubernetesInput): Stack {
  const { cluster, namespace = 'data', release = 'prod', temporal } = input;
  const { settings, project } = environment;
  const stack = makeStack(scope, settings, 'kubernetes', 'roles and values of the Helm chart');
  const { lake, warehouse, alerts } = environment;
  const { sourceBuckets, sourceQueues, sourceRoles, secrets } = settings.workers;
  const resources = {
    lake,
    warehouse,
    sourceBuckets,
    sourceQueues,
    sourceRoles,
    ...(!temporal && { alerts }),
    sourceSecrets: Object.values(secrets).map(arnOf),
  };
  const token = temporal ? undefined : environment.temporal.token;

  const account = (name: string) => {
    const serviceAccount = `${release}-${name}`;
    const role = new Role(stack, `${name}Role`, {
      description: `the service account ${serviceAccount} in ${namespace}`,
      // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
      assumedBy: new ServicePrincipal('pods.eks.amazonaws.com', {
        conditions: {
          StringEquals: {
            'aws:RequestTag/eks-cluster-name': cluster,
            'aws:RequestTag/kubernetes-namespace': namespace,
            'aws:RequestTag/kubernetes-service-account': serviceAccount,
          },
        },
      }).withSessionTags(),
    });
    new CfnPodIdentityAssociation(stack, `${name}Association`, {
      clusterName: cluster,
      namespace,
      serviceAccount,
      roleArn: role.roleArn,
    });
    if (token !== undefined)
      allow(role, 'TemporalToken', { actions: ['secretsmanager:GetSecretValue'], resources: [token] });
    return role;
  };
  const byRole = roles.map((name) => {
    const role = account(name);
    permit(role, [name], resources);
    return [name, role] as const;
  });
  for (const name of ['setup', 'operator']) permitOperator(account(name), resources);
  const images = project?.pipelines.filter(hasContainers) ?? [];
  if (images.length > 0) permitRaw(account('tasks'), images, lake, settings);
  const worker = byRole.find(([name]) => name === 'ingest')?.[1];
  const programs = project && worker && programRole(stack, settings, { project, lake, worker, isTagged: true });
  const loader = byRole.find(([name]) => name === 'warehouse')?.[1].roleName ?? '';
  const values = chartValues(environment, {
    region: stack.region,
    loader,
    temporal,
    hasTasks: images.length > 0,
    programs,
  });
  const parameter = new StringParameter(stack, 'Values', {
    parameterName: `/waterclock/${settings.name}/helm-values`,
    description: 'values of the Helm chart, as JSON',
    stringValue: stack.toJsonString(values),
  });
  output(stack, 'HelmValues', parameter.parameterName, 'parameter with values of the Helm chart');
  return stack;
}
