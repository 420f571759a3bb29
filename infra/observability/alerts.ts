/** where runs report what went wrong, beside the alarms */
export interface Alerts {
  topicArn: string;
  keyArn: string;
  /** sender of the alerts that go by e-mail */
  emailFrom?: string;
}
