import type { Alert } from '../../model/alert.js';
import { summaryOf } from '../../model/attributes.js';
import { visible } from '../../model/visible.js';

/** one line: `failed: orders, 2026-01-31 01:00 to 02:00 UTC, copy orders` */
export function alertTitle({ kind, pipeline, interval, step, subject }: Alert): string {
  const words = [`${kind}: ${interval ? summaryOf(pipeline, interval) : subject}`, step].filter(Boolean).join(', ');
  return visible(words.replace(/\s+/g, ' '));
}

/** what happened, what to do, where to look */
export function alertText(alert: Alert, link: string | undefined): string {
  const { message, remedy, subject } = alert;
  const lines = [alertTitle(alert), message, remedy && `what to do: ${remedy}`, labels(alert), link ?? subject];
  return visible(lines.filter(Boolean).join('\n'));
}

/** `owner: data-platform; tags: finance, pii` */
function labels({ owner, tags = [] }: Alert): string {
  return [owner && `owner: ${owner}`, tags.length > 0 && `tags: ${tags.join(', ')}`].filter(Boolean).join('; ');
}

const slackEntities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Slack reads `<!channel>` and `<http://...|name>` in any text; its three characters are written as entities */
export const slackText = (text: string): string =>
  text.replace(/[&<>]/g, (character) => slackEntities[character] ?? '');
