import type { Stack } from 'aws-cdk-lib';
import type { Secret } from 'aws-cdk-lib/aws-ecs';
import type { Role } from 'waterclock/facts';
import { givenSecret } from '../given-secret.js';
import type { EnvironmentSettings } from '../settings.js';
import type { GivenValue } from '../settings/input.js';

export interface Given {
  environment: Record<string, string>;
  secrets: Record<string, Secret>;
}

/** what the settings give to tasks with some roles alone: secrets of sources to those that extract, channels of alerts to those that alert */
export function givenTo(stack: Stack, { workers, alerts }: EnvironmentSettings): (roles: Role[]) => Given {
  const { slack, webhook, email } = alerts;
  const channels = {
    ...(slack && { WATERCLOCK_ALERT_SLACK_URL: slack }),
    ...(webhook && { WATERCLOCK_ALERT_WEBHOOK_URL: webhook }),
  };
  const bySource = secretsOf(stack, workers.secrets);
  const byChannel = secretsOf(stack, channels);
  return (roles) => ({
    environment: {
      ...(roles.includes('workflows') &&
        email && {
          WATERCLOCK_ALERT_EMAIL_FROM: email.from,
          WATERCLOCK_ALERT_EMAIL_TO: email.to.join(','),
        }),
    },
    secrets: { ...(roles.includes('ingest') && bySource), ...(roles.includes('workflows') && byChannel) },
  });
}

function secretsOf(stack: Stack, values: Record<string, GivenValue>): Record<string, Secret> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, givenSecret(stack, `Given-${name}`, value)]),
  );
}
