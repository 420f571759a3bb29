import { SecretValue, type Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import { ContainerImage, type ICluster } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, RecordTarget, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import { fargateService } from '../fargate-service.js';
import { fargateTask } from '../fargate-task.js';
import { givenSecret } from '../given-secret.js';
import type { Lake } from '../lake/stack.js';
import type { Network } from '../network/stack.js';
import type { TemporalSettings } from '../settings.js';
import { ports } from './server.js';

interface Options {
  network: Network;
  lake: Lake;
  zone: IHostedZone;
  cluster: ICluster;
  settings: TemporalSettings<'self-hosted'>;
  namespace: string;
}

const port = 8080;

/** read-only, behind a load balancer that asks who somebody is; it asks the frontend with that person's own token */
export function webUi(
  stack: Stack,
  { network, lake, zone, cluster, settings, namespace }: Options,
): ApplicationTargetGroup {
  const { vpc, groups } = network;
  const { hostnames, identity, uiVersion } = settings;
  const task = fargateTask(stack, 'WebUi', {
    size: { cpu: 256, memory: 512 },
    container: {
      image: ContainerImage.fromRegistry(`temporalio/ui:${uiVersion}`),
      environment: {
        TEMPORAL_ADDRESS: `${hostnames.frontend}:${ports.frontend.calls}`,
        TEMPORAL_UI_PORT: String(port),
        TEMPORAL_DEFAULT_NAMESPACE: namespace,
        TEMPORAL_DISABLE_WRITE_ACTIONS: 'true',
        TEMPORAL_TLS_SERVER_NAME: hostnames.frontend,
        TEMPORAL_TLS_ENABLE_HOST_VERIFICATION: 'true',
        TEMPORAL_AUTH_ENABLED: 'true',
        TEMPORAL_AUTH_TYPE: 'oidc',
        TEMPORAL_AUTH_PROVIDER_URL: identity.issuer,
        TEMPORAL_AUTH_CLIENT_ID: identity.clientId,
        TEMPORAL_AUTH_CALLBACK_URL: `https://${hostnames.webUi}/auth/sso/callback`,
        TEMPORAL_AUTH_SCOPES: 'openid,profile,email',
      },
      secrets: { TEMPORAL_AUTH_CLIENT_SECRET: givenSecret(stack, 'ClientSecret', identity.clientSecret) },
      portMappings: [{ containerPort: port }],
    },
  });
  const service = fargateService(stack, 'WebUiService', { cluster, task, tasks: 2, group: groups.webUi });

  const balancer = new ApplicationLoadBalancer(stack, 'WebUiBalancer', {
    vpc,
    internetFacing: true,
    vpcSubnets: { subnetType: SubnetType.PUBLIC },
    securityGroup: groups.webUiBalancer,
    deletionProtection: true,
    dropInvalidHeaderFields: true,
  });
  balancer.logAccessLogs(lake.logs, 'web-ui');
  const people = new ApplicationTargetGroup(stack, 'WebUiTargets', {
    vpc,
    port,
    protocol: ApplicationProtocol.HTTP,
    targets: [service.loadBalancerTarget({ containerName: 'main', containerPort: port })],
    healthCheck: { path: '/healthz' },
  });
  balancer.addListener('People', {
    port: 443,
    // the group of this balancer says who may come
    open: false,
    sslPolicy: SslPolicy.RECOMMENDED_TLS,
    certificates: [
      new Certificate(stack, 'WebUiCertificate', {
        domainName: hostnames.webUi,
        validation: CertificateValidation.fromDns(zone),
      }),
    ],
    defaultAction: ListenerAction.authenticateOidc({
      issuer: identity.issuer,
      authorizationEndpoint: identity.authorizationEndpoint,
      tokenEndpoint: identity.tokenEndpoint,
      userInfoEndpoint: identity.userInfoEndpoint,
      clientId: identity.clientId,
      clientSecret: SecretValue.secretsManager(identity.clientSecret),
      next: ListenerAction.forward([people]),
    }),
  });
  new ARecord(stack, 'WebUiName', {
    zone,
    recordName: hostnames.webUi,
    target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
  });
  return people;
}
