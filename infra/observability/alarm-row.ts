import type { IMetric } from 'aws-cdk-lib/aws-cloudwatch';

/** one alarm */
export interface AlarmRow {
  metric: IMetric;
  threshold: number;
  /** minutes that must be so, one after another */
  periods?: number;
  /** too few instead of too many: then silence is an alarm too */
  below?: true;
  /** the threshold or less; silence says nothing */
  atMost?: true;
  says: string;
}
