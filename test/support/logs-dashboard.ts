import { readFileSync } from 'node:fs';

interface Dashboard {
  panels: { title: string; targets: { expression: string; logGroups: { arn: string }[] }[] }[];
  templating: { list: { name: string }[] };
}

/** the dashboard that the package of the infrastructure carries */
export const logsDashboard = JSON.parse(
  readFileSync(new URL('../../infra/grafana/cloudwatch/waterclock-logs.json', import.meta.url), 'utf8'),
) as Dashboard;

export const logsQueries = logsDashboard.panels.flatMap(({ targets }) => targets.map(({ expression }) => expression));

/** words of Logs Insights: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
const words = 'fields filter stats sort limit by as in and count sum bin ispresent asc desc'.split(' ');

/** the fields of lines that a query names: no words of the language, texts, names that it gives itself, lengths of time */
export function fieldsOf(expression: string): string[] {
  const bare = expression.replace(/"[^"]*"/g, '').replace(/\bas \w+/g, '');
  const named = [...bare.matchAll(/(?<![\w.])@?[A-Za-z][\w.]*/g)].map(([name]) => name);
  return named.filter((name) => !words.includes(name) && name !== '@timestamp');
}
