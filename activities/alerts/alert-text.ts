import type { Alert } from '../../model/alert.js';
import { summaryOf } from '../../model/attributes.js';

/** one line: `failed: earthquakes, 2018-01-31 01:00 to 02:00 UTC, copy earthquakes` */
export function alertTitle({ kind, pipeline, interval, step }: Alert): string {
  return [`${kind}: ${summaryOf(pipeline, interval)}`, step].filter(Boolean).join(', ');
}

/** what happened, what to do, where to look */
export function alertText(alert: Alert, link: string | undefined): string {
  const { message, remedy, subject } = alert;
  return [alertTitle(alert), message, remedy && `what to do: ${remedy}`, link ?? subject].filter(Boolean).join('\n');
}
