import { log } from '@temporalio/activity';
import { TerminalError } from '../../model/errors.js';
import type { AlertChannel } from '../../model/policy.js';
import type { AlertSettings } from '../../model/settings.js';
import type { Alert } from '../../model/alert.js';
import { alertText, alertTitle, slackText } from './alert-text.js';
import { postJson } from './post-json.js';

/** tells one alert; throws what is worth another try as TransientError */
export type Channel = (alert: Alert, link: string | undefined, settings: AlertSettings) => Promise<void>;

export const channels: Record<AlertChannel, Channel> = {
  async log(alert, link) {
    log.warn(alertTitle(alert), { ...alert, ...(link && { link }) });
  },
  async webhook(alert, link, { webhook }) {
    const text = alertText(alert, link);
    await postJson('webhook', set(webhook, 'WATERCLOCK_ALERT_WEBHOOK_URL'), { ...alert, text, ...(link && { link }) });
  },
  async slack(alert, link, { slack }) {
    await postJson('slack', set(slack, 'WATERCLOCK_ALERT_SLACK_URL'), {
      text: slackText(alertText(alert, link)),
      mrkdwn: false,
    });
  },
  async sns(alert, link, { snsTopic }) {
    const TopicArn = set(snsTopic, 'WATERCLOCK_ALERT_SNS_TOPIC_ARN');
    const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
    // SNS takes at most 100 characters of ASCII as subject
    const Subject = alertTitle(alert)
      .replace(/[^ -~]/g, '?')
      .slice(0, 100);
    const client = new SNSClient();
    await client.send(new PublishCommand({ TopicArn, Subject, Message: alertText(alert, link) }));
    client.destroy();
  },
  async email(alert, link, { emailFrom, emailTo }) {
    const FromEmailAddress = set(emailFrom, 'WATERCLOCK_ALERT_EMAIL_FROM');
    const ToAddresses = set(emailTo, 'WATERCLOCK_ALERT_EMAIL_TO');
    const { SendEmailCommand, SESv2Client } = await import('@aws-sdk/client-sesv2');
    const Subject = { Data: alertTitle(alert), Charset: 'UTF-8' };
    const Body = { Text: { Data: alertText(alert, link), Charset: 'UTF-8' } };
    const client = new SESv2Client();
    await client.send(
      new SendEmailCommand({ FromEmailAddress, Destination: { ToAddresses }, Content: { Simple: { Subject, Body } } }),
    );
    client.destroy();
  },
};

function set<T>(value: T | undefined, name: string): T {
  if (value !== undefined) return value;
  throw new TerminalError('AlertChannelUnset', `${name} is not set`);
}
