import { Duration } from 'aws-cdk-lib';
import type { ApplicationTargetGroup, NetworkTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DatabaseCluster } from 'aws-cdk-lib/aws-rds';
import type { AlarmRow } from '../observability/alarm-row.js';

interface Watched {
  database: DatabaseCluster;
  frontends: NetworkTargetGroup;
  webUis: ApplicationTargetGroup;
}

const period = Duration.minutes(5);

/** of a Temporal of our own: the database under it and the two doors to it */
export function temporalAlarms({ database, frontends, webUis }: Watched): Record<string, AlarmRow> {
  return {
    TemporalDatabaseFull: {
      metric: database.metric('ACUUtilization', { statistic: 'Maximum', period }),
      threshold: 95,
      periods: 3,
      says: 'the database of Temporal has used its greatest capacity for 15 minutes: raise temporal.database.maxCapacity',
    },
    TemporalDatabaseUnused: {
      metric: database.metricDatabaseConnections({ statistic: 'Maximum', period }),
      threshold: 1,
      periods: 2,
      below: true,
      says: 'no service of Temporal is connected to its database: see the events of the cluster, then the logs of the services',
    },
    TemporalFrontendDown: {
      metric: frontends.metrics.healthyHostCount({ statistic: 'Minimum', period: Duration.minutes(1) }),
      threshold: 1,
      periods: 3,
      below: true,
      says: 'no frontend of Temporal is healthy: workers and commands reach nothing; see the service frontend and its log',
    },
    TemporalWebUiDown: {
      metric: webUis.metrics.healthyHostCount({ statistic: 'Minimum', period: Duration.minutes(1) }),
      threshold: 1,
      periods: 5,
      below: true,
      says: 'the Web UI of Temporal is down; runs go on',
    },
  };
}
