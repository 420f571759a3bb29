import { attributes } from 'waterclock/facts';

/** what the command of Temporal calls the types of search attributes */
const typeNames = { KEYWORD: 'Keyword', DATETIME: 'Datetime', BOOL: 'Bool', INT: 'Int' } as const;

const searchAttributes = Object.values(attributes).map(({ name, type }) => ({ name, type: typeNames[type] }));

const retention = '30d';
/** with two seconds and a call between them, about five minutes */
const mostTries = 60;

/** waits for the server, then makes the namespace with 30 days of history and every search attribute; safe to repeat */
export function namespaceScript(namespace: string): string {
  const name = `--namespace ${namespace}`;
  const wanted = searchAttributes.flatMap((one) => [`--name ${one.name}`, `--type ${one.type}`]).join(' ');
  return [
    'set -eu',
    // a deployment waits for the end of this task: with a server that never answers too
    `tries=${mostTries}`,
    'again() {',
    '  tries=$((tries - 1))',
    `  [ "$tries" -gt 0 ] || { echo "gave up after ${mostTries} tries: $1" >&2; exit 1; }`,
    '  sleep 2',
    '}',
    'until temporal operator cluster health --command-timeout 5s; do again "Temporal does not answer: see the log of its frontend"; done',
    `temporal operator namespace describe ${name} || temporal operator namespace create ${name} --retention ${retention}`,
    `temporal operator namespace update ${name} --retention ${retention}`,
    // a new namespace is known everywhere within seconds
    `until temporal operator search-attribute create ${name} ${wanted}; do again "Temporal does not take the search attributes"; done`,
  ].join('\n');
}
