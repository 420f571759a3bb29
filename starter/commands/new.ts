import type { HttpAuth } from '../../model/http-source.js';
import type { CommandDefinition } from '../command-definition.js';
import { exitCodes, refuse } from '../../control/failure.js';
import { toJson } from '../../control/json.js';
import type { Scaffold } from '../scaffold.js';
import type { ScaffoldConnector } from '../scaffold-connector.js';
import type { ScaffoldFrom } from '../scaffold-from.js';

interface Options {
  from?: string;
  fromConnector?: string;
  config?: string;
  streams?: string;
  bearer?: string;
  apiKey?: string;
  region?: string;
  anonymous?: true;
  dryRun?: true;
}

export const newCommand: CommandDefinition<[string], Options> = {
  options: (command) =>
    command
      .option(
        '--from <sample>',
        'make the definition from a file (JSON or CSV), an https:// address, or s3://bucket/prefix',
      )
      .option(
        '--from-connector <connector>',
        'make it from a connector: a manifest (stripe.yaml), a package (tap-github==1.10.0) or a program (source-faker)',
      )
      .option('--config <file>', 'with a connector: JSON of its config, where a secret is { "secret": "NAME" }')
      .option('--streams <names>', 'with a connector: only these, as orders,customers')
      .option('--bearer <NAME>', 'with an address: this variable of the environment is its bearer token')
      .option('--api-key <HEADER=NAME>', 'with an address: this variable is sent in this header')
      .option('--region <region>', 'with s3://: region of the bucket')
      .option('--anonymous', 'with s3://: the bucket is public, nothing is signed')
      .option('--dry-run', 'show the files that would be written')
      .addHelpText(
        'after',
        `
Writes a folder pipelines/<name>/ (definition, README, sample), a test of it, and its line in waterclock.config.ts.
What it writes passes its own test and \`waterclock pipelines --check\`; then make the source and the schema yours.
With --from the definition says what the sample shows, and comments in it say what was guessed.
With --from-connector it has a table for each stream that the connector lists, and no sample.`,
      ),
  examples: [
    'waterclock new invoices',
    'waterclock new parking_tickets --dry-run',
    'waterclock new stations --from station_status.json',
    'waterclock new orders --from "https://api.example.com/orders?limit=100" --bearer SHOP_TOKEN',
    'waterclock new payments --from-connector stripe.yaml --streams charges,refunds',
    'waterclock new issues --from-connector tap-github==1.10.0 --config github.json',
    'waterclock new trails --from s3://audit-logs/AWSLogs/2026/11/28/ --region eu-west-1',
  ],
  async run(context, options, name) {
    const { terminal, projectPlace, ownEnvironment } = context;
    const { from, region, anonymous, dryRun = false, json } = options;
    const status = dryRun ? 'dry run' : 'written';
    const auth = authOf(options);
    let made: Scaffold | ScaffoldFrom | ScaffoldConnector;
    if (options.fromConnector !== undefined) {
      if (from !== undefined) refuse('--from and --from-connector are two beginnings: give one');
      const { scaffoldConnector } = await import('../scaffold-connector.js');
      made = await scaffoldConnector(context, name, connectorOptions(options.fromConnector, options));
    } else if (from === undefined) {
      const { scaffold } = await import('../scaffold.js');
      made = await scaffold(projectPlace(), name, dryRun);
    } else {
      const { scaffoldFrom } = await import('../scaffold-from.js');
      const signal = new AbortController().signal;
      const given = { ...(auth && { auth }), ...(region && { region }), ...(anonymous && { anonymous }) };
      made = await scaffoldFrom(projectPlace(), name, { from, environment: ownEnvironment, dryRun, signal, ...given });
    }
    if (json) terminal.print(toJson({ pipeline: name, status, ...made }));
    else {
      terminal.print(made.files.map((file) => `${dryRun ? 'would write' : 'wrote'} ${file}`).join('\n'));
      if ('read' in made) terminal.say(`\n${readText(made)}`);
      if ('open' in made) terminal.say(`\n${connectorText(made)}`);
      terminal.say(`\nthen: ${made.next.join('\n      ')}`);
    }
    return exitCodes.done;
  },
};

function readText({ read: { records, bytes, isCut }, entities }: ScaffoldFrom): string {
  const tables = entities.map(
    ({ name, key }) => `${name} (${key.length > 0 ? `key ${key.join(', ')}` : 'without a key'})`,
  );
  return `read ${records} records, ${isCut ? 'the first ' : ''}${bytes} bytes\ntables: ${tables.join(', ')}`;
}

const connectorOptions = (from: string, { config, streams, dryRun }: Options) => ({
  from,
  ...(config !== undefined && { config }),
  ...(streams !== undefined && { streams: streams.split(',').map((name) => name.trim()) }),
  dryRun: dryRun === true,
});

function connectorText({ entities, open }: ScaffoldConnector): string {
  const tables = entities.map(
    ({ name, mode, key, columns }) =>
      `${name}: ${mode}${key.length > 0 ? ` by ${key.join(', ')}` : ''}, ${columns} fields`,
  );
  return [...tables, ...open.map((one) => `to be set in config: ${one}`)].join('\n');
}

function authOf({ from, bearer, apiKey }: Options): HttpAuth | undefined {
  if (bearer === undefined && apiKey === undefined) return undefined;
  if (!/^https?:/i.test(from ?? '')) refuse('--bearer and --api-key go with an address: --from https://...');
  if (bearer !== undefined && apiKey !== undefined) refuse('--bearer and --api-key are two credentials: give one');
  if (bearer !== undefined) return { kind: 'bearer', token: { secret: bearer } };
  const [header, secret, ...more] = apiKey?.split('=') ?? [];
  if (!header || !secret || more.length > 0)
    refuse(`--api-key must be HEADER=NAME, as X-Api-Key=SHOP_KEY, got '${apiKey}'`);
  return { kind: 'apiKey', in: 'header', name: header, value: { secret } };
}
