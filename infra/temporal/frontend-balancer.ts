import type { Stack } from 'aws-cdk-lib';
import { Certificate, CertificateValidation } from 'aws-cdk-lib/aws-certificatemanager';
import { SubnetType } from 'aws-cdk-lib/aws-ec2';
import type { FargateService } from 'aws-cdk-lib/aws-ecs';
import {
  AlpnPolicy,
  NetworkLoadBalancer,
  Protocol,
  SslPolicy,
  type NetworkTargetGroup,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { ARecord, RecordTarget, type IHostedZone } from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import type { Lake } from '../lake/stack.js';
import type { Network } from '../network/stack.js';
import { ports } from './server.js';

interface Options {
  network: Network;
  lake: Lake;
  zone: IHostedZone;
  hostname: string;
  frontend: FargateService;
}

/** internal, and speaks TLS with a certificate that renews itself; tokens are checked behind it; returns what it hands on to */
export function frontendBalancer(
  stack: Stack,
  { network, lake, zone, hostname, frontend }: Options,
): NetworkTargetGroup {
  const { vpc, groups } = network;
  const balancer = new NetworkLoadBalancer(stack, 'FrontendBalancer', {
    vpc,
    internetFacing: false,
    vpcSubnets: { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    securityGroups: [groups.frontendBalancer],
    crossZoneEnabled: true,
    deletionProtection: true,
  });
  balancer.logAccessLogs(lake.logs, 'frontend');
  const listener = balancer.addListener('Clients', {
    port: ports.frontend.calls,
    protocol: Protocol.TLS,
    sslPolicy: SslPolicy.RECOMMENDED_TLS,
    // gRPC agrees on HTTP/2 while it shakes hands
    alpnPolicy: AlpnPolicy.HTTP2_ONLY,
    certificates: [
      new Certificate(stack, 'FrontendCertificate', {
        domainName: hostname,
        validation: CertificateValidation.fromDns(zone),
      }),
    ],
  });
  const targets = listener.addTargets('Frontends', {
    port: ports.frontend.calls,
    protocol: Protocol.TCP,
    targets: [frontend.loadBalancerTarget({ containerName: 'main', containerPort: ports.frontend.calls })],
    preserveClientIp: false,
  });
  new ARecord(stack, 'FrontendName', {
    zone,
    recordName: hostname,
    target: RecordTarget.fromAlias(new LoadBalancerTarget(balancer)),
  });
  return targets;
}
