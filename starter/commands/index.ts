import type { Entry, Group } from '../command-entry.js';
import { localCommand } from '../local-package.js';

/** every command, in the order of the help; only the named one's file is loaded */
export const commands: (Entry | Group)[] = [
  {
    usage: 'init <folder>',
    group: 'Define:',
    summary: 'a new project that works at once: a pipeline, its sample, models, tests, image',
    load: async () => (await import('./init.js')).initCommand,
  },
  {
    usage: 'start',
    group: 'Define:',
    summary: 'the embedded stack, and the pipelines of the project over their samples on it',
    load: () => localCommand('start'),
  },
  {
    usage: 'test',
    group: 'Define:',
    summary: 'the project on a stack of its own: definitions, samples, models, and the rows that it expects',
    load: () => localCommand('test'),
  },
  {
    usage: 'new <name>',
    group: 'Define:',
    summary: 'the files of a new pipeline, with a sample and a test that passes',
    load: async () => (await import('./new.js')).newCommand,
  },
  {
    usage: 'pipelines',
    group: 'Define:',
    summary: 'the pipelines that are defined',
    load: async () => (await import('./pipelines.js')).pipelinesCommand,
  },
  {
    usage: 'schema [pipeline]',
    group: 'Define:',
    summary: 'columns, table, dbt source and external table of a pipeline or <pipeline>.<entity>',
    load: async () => (await import('./schema.js')).schemaCommand,
  },
  {
    usage: 'migrate [pipeline]',
    group: 'Define:',
    summary: 'what its tables lack to fit the schema, or --apply it; --bootstrap for the whole warehouse',
    load: async () => (await import('./migrate.js')).migrateCommand,
  },
  {
    usage: 'rebuild <table>',
    group: 'Run:',
    summary: 'a table, <pipeline>.<entity>, anew from the lake; readers see the old one until the new one stands',
    load: async () => (await import('./rebuild.js')).rebuildCommand,
  },
  {
    usage: 'setup',
    group: 'Deploy:',
    summary: 'search attributes, buckets, schemas and ledger; safe to repeat',
    load: async () => (await import('./setup.js')).setupCommand,
  },
  {
    usage: 'connectors',
    group: 'Define:',
    summary: 'connectors of Airbyte and Singer taps: install them, check their config, list their streams',
    commands: [
      {
        usage: 'list',
        summary: 'the connectors of the pipelines, and where each program is found; 1 when one is missing',
        load: async () => (await import('./connectors.js')).connectorsListCommand,
      },
      {
        usage: 'install [pipelines...]',
        summary: 'install the Python packages that these pipelines, or all, name',
        load: async () => (await import('./connectors.js')).connectorsInstallCommand,
      },
      {
        usage: 'check <pipeline>',
        summary: 'ask its connector whether it can work with its config',
        load: async () => (await import('./connectors.js')).connectorsCheckCommand,
      },
      {
        usage: 'discover <pipeline>',
        summary: 'the streams that its connector has, with keys, cursors and modes',
        load: async () => (await import('./connectors.js')).connectorsDiscoverCommand,
      },
    ],
  },
  {
    usage: 'secrets',
    group: 'Deploy:',
    summary:
      'the secrets that the project needs and where each is found from here, never a value; 1 when one is missing',
    load: async () => (await import('./secrets.js')).secretsCommand,
  },
  {
    usage: 'doctor',
    group: 'Deploy:',
    summary: 'what is missing, and what to do: settings, stores, warehouse, workers; --env for AWS',
    load: async () => (await import('./doctor.js')).doctorCommand,
  },
  {
    usage: 'run <pipeline>',
    group: 'Run:',
    summary: 'run one interval: the next unprocessed one unless --interval names it',
    load: async () => (await import('./run.js')).runCommand,
  },
  {
    usage: 'retry <run>',
    group: 'Run:',
    summary:
      'run again from the step that failed, on the same raw; a pipeline with --from and --to: its runs of a range',
    load: async () => (await import('./retry.js')).retryCommand,
  },
  {
    usage: 'backfill',
    group: 'Run:',
    summary: 'run every interval of a range that is not loaded yet',
    commands: [
      {
        usage: 'create <pipeline>',
        summary: 'start a backfill, or attach to the same one',
        load: async () => (await import('./backfill-create.js')).backfillCreateCommand,
      },
      {
        usage: 'list',
        summary: 'the latest backfills',
        load: async () => (await import('./backfill-list.js')).backfillListCommand,
      },
      {
        usage: 'status <backfill>',
        summary: 'how far one is; its id, or the pipeline whose backfill is running',
        load: async () => (await import('./backfill-control.js')).backfillStatusCommand,
      },
      {
        usage: 'pause <backfill>',
        summary: 'start nothing more until it is resumed',
        load: async () => (await import('./backfill-control.js')).backfillPauseCommand,
      },
      {
        usage: 'resume <backfill>',
        summary: 'go on with one that is paused',
        load: async () => (await import('./backfill-control.js')).backfillResumeCommand,
      },
      {
        usage: 'cancel <backfill>',
        summary: 'start nothing more; what runs ends well',
        load: async () => (await import('./backfill-control.js')).backfillCancelCommand,
      },
      {
        usage: 'set <backfill>',
        summary: 'change how many runs it has at a time',
        load: async () => (await import('./backfill-control.js')).backfillSetCommand,
      },
    ],
  },
  {
    usage: 'build [pipelines...]',
    group: 'Run:',
    summary: 'one dbt build of the models of these pipelines, or of all',
    load: async () => (await import('./build.js')).buildCommand,
  },
  {
    usage: 'schedule',
    group: 'Run:',
    summary: 'the schedules in Temporal',
    commands: [
      {
        usage: 'apply [names...]',
        summary:
          'create or update the schedules of all pipelines and builds, and the watch, or of those that are named; never un-pauses',
        load: async () => (await import('./schedule-apply.js')).scheduleApplyCommand,
      },
      {
        usage: 'list',
        summary: 'the schedules, their state and next time',
        load: async () => (await import('./schedule-list.js')).scheduleListCommand,
      },
      {
        usage: 'pause [name]',
        summary: 'start no more scheduled runs, of one pipeline, of build:<name>, or of --all',
        load: async () => (await import('./schedule-control.js')).schedulePauseCommand,
      },
      {
        usage: 'resume [name]',
        summary: 'go on with a schedule that is paused, or with --all that were paused with all',
        load: async () => (await import('./schedule-control.js')).scheduleResumeCommand,
      },
      {
        usage: 'trigger <name>',
        summary: 'the last complete interval of a pipeline, or build:<name>, now',
        load: async () => (await import('./schedule-control.js')).scheduleTriggerCommand,
      },
    ],
  },
  {
    usage: 'runs',
    group: 'Look:',
    summary: 'the latest runs: of a pipeline, a status, an interval',
    load: async () => (await import('./runs.js')).runsCommand,
  },
  {
    usage: 'show <run>',
    group: 'Look:',
    summary: 'one run: steps, counts, timings, errors, params, ledger, link',
    load: async () => (await import('./show.js')).showCommand,
  },
  {
    usage: 'logs <run>',
    group: 'Look:',
    summary: "what happened to a run: attempts, failures with their stacks, counts, dbt's log",
    load: async () => (await import('./logs.js')).logsCommand,
  },
  {
    usage: 'grid <pipeline>',
    group: 'Look:',
    summary: 'intervals by step: what ran, what failed, what never did',
    load: async () => (await import('./grid.js')).gridCommand,
  },
  {
    usage: 'pools',
    group: 'Look:',
    summary: 'the pools of the project: their slots, which runs hold them, which wait and for how long',
    load: async () => (await import('./pools.js')).poolsCommand,
  },
  {
    usage: 'rejected <pipeline>',
    group: 'Look:',
    summary: 'records that failed validation, grouped by reason',
    load: async () => (await import('./rejected.js')).rejectedCommand,
  },
  {
    usage: 'docs',
    group: 'Look:',
    summary: 'the docs of dbt: models, columns, tests, lineage',
    load: async () => (await import('./docs.js')).docsCommand,
  },
  {
    usage: 'deployment',
    group: 'Deploy:',
    summary: "the workers' versions, and which one takes the tasks",
    commands: [
      {
        usage: 'show',
        summary: 'the versions that Temporal knows, and what each leaves unpolled',
        load: async () => (await import('./deployment.js')).deploymentShowCommand,
      },
      {
        usage: 'current [build-id]',
        summary: 'give the tasks to this version, once its workers ask every task queue',
        load: async () => (await import('./deployment.js')).deploymentCurrentCommand,
      },
    ],
  },
  {
    usage: 'metrics',
    group: 'Look:',
    summary: 'what waits, who works, what failed or is late: for CloudWatch, or to look at',
    load: async () => (await import('./metrics.js')).metricsCommand,
  },
  {
    usage: 'cancel <run>',
    group: 'Run:',
    summary: 'end a run that is running',
    load: async () => (await import('./cancel.js')).cancelCommand,
  },
  {
    usage: 'resolve <run> <answer>',
    group: 'Run:',
    summary: 'answer a parked run: retry, skip or fail',
    load: async () => (await import('./resolve.js')).resolveCommand,
  },
  {
    usage: 'note <run> <text>',
    group: 'Run:',
    summary: 'keep a note on a run, for those who look at it later',
    load: async () => (await import('./note.js')).noteCommand,
  },
  {
    usage: 'mark <run> <state>',
    group: 'Run:',
    summary: 'say that an interval is done although its run failed or never ran: runs that wait for it start',
    load: async () => (await import('./mark.js')).markCommand,
  },
  {
    usage: 'late',
    group: 'Look:',
    summary: 'what is past its deadline, and how often each month was on time',
    load: async () => (await import('./late.js')).lateCommand,
  },
  {
    usage: 'results',
    group: 'Look:',
    summary: 'what each pipeline has loaded, and the answers to the questions of the project',
    load: async () => (await import('./results.js')).resultsCommand,
  },
  {
    usage: 'query <sql>',
    group: 'Look:',
    summary: 'a statement on the warehouse, through the Redshift Data API',
    load: async () => (await import('./query.js')).queryCommand,
  },
];
