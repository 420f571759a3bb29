import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { DescribeServicesCommand, ECSClient } from '@aws-sdk/client-ecs';
import { noneMissing, type Finding } from './finding.js';

/** the most that one DescribeServices takes */
const servicesAtOnce = 10;

export async function imagesCheck(repositoryName: string): Promise<Omit<Finding, 'check'>> {
  const client = new ECRClient();
  try {
    const { imageDetails = [] } = await client.send(new DescribeImagesCommand({ repositoryName }));
    const remedy = `build and push the image to ${repositoryName}: docs/deploy.md`;
    return noneMissing(
      imageDetails.length > 0 ? [] : ['an image'],
      `${imageDetails.length} in ${repositoryName}`,
      remedy,
    );
  } finally {
    client.destroy();
  }
}

export async function servicesCheck(
  cluster: string,
  services: string[],
  deploy: string,
): Promise<Omit<Finding, 'check'>> {
  if (services.length === 0) return { ok: false, found: 'the stacks have no output Service...', remedy: deploy };
  const client = new ECSClient();
  const problems: string[] = [];
  try {
    for (let at = 0; at < services.length; at += servicesAtOnce) {
      const asked = services.slice(at, at + servicesAtOnce);
      const found = await client.send(new DescribeServicesCommand({ cluster, services: asked }));
      for (const { arn } of found.failures ?? []) problems.push(`${arn?.split('/').at(-1)} does not exist`);
      for (const { serviceName, status, runningCount = 0, desiredCount = 0, deployments = [] } of found.services ??
        []) {
        const rollout = deployments.find((deployment) => deployment.status === 'PRIMARY')?.rolloutState;
        if (status !== 'ACTIVE') problems.push(`${serviceName} is ${status}`);
        else if (runningCount < desiredCount)
          problems.push(`${serviceName} runs ${runningCount} of ${desiredCount} tasks`);
        else if (rollout === 'FAILED') problems.push(`${serviceName} was rolled back`);
      }
    }
  } finally {
    client.destroy();
  }
  if (problems.length === 0) return { ok: true, found: `${services.length} run what they should in ${cluster}` };
  const remedy = `\`aws ecs describe-services --cluster ${cluster} --services ...\` and the tasks' logs say why`;
  return { ok: false, found: problems.join('; '), remedy };
}
