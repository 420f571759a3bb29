import { App, Validations, type AppProps } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { addEnvironment, type Environment } from './add-environment.js';
import { awsSolutions } from './nag.js';
import type { ProjectFacts } from './project/facts.js';
import type { EnvironmentSettings } from './settings.js';

export interface WaterclockAppProps {
  /** by name: `cdk deploy -c env=prod` takes that of prod, without `-c env` that of dev */
  settings: Record<string, EnvironmentSettings>;
  /** default export of `waterclock.config.ts`: what its definitions and the settings share is checked */
  project?: ProjectFacts;
  /** instead of `-c env` */
  env?: string;
  /** folder of the templates; the command of CDK names its own */
  outdir?: string;
}

/** one environment of a project as a CDK app; synthesis fails on a finding of cdk-nag without a reason */
export class WaterclockApp extends App {
  /** for stacks of your own beside it */
  readonly environment: Environment;

  constructor({ settings, project, env, outdir }: WaterclockAppProps) {
    super(appProps(outdir));
    addChecks(this);
    const name: unknown = env ?? this.node.tryGetContext('env') ?? 'dev';
    const [, found] = Object.entries(settings).find(([known]) => known === name) ?? [];
    if (!found) {
      throw new Error(
        `no settings for the environment ${String(name)}: -c env= takes ${Object.keys(settings).join(' or ')}`,
      );
    }
    if (found.name !== name) throw new Error(`settings.${String(name)} are those of ${found.name}: name both alike`);
    this.environment = addEnvironment(this, found, project && { project });
  }
}

/** an app without stacks, with the flags and checks of this package: for `addEnvironment` */
export function emptyApp(outdir?: string): App {
  const app = new App(appProps(outdir));
  addChecks(app);
  return app;
}

const appProps = (outdir?: string): AppProps => ({
  // strong references: a stack that another one uses cannot be taken away
  context: { ...recommendedFlags, '@aws-cdk/core:defaultCrossStackReferences': 'strong' },
  analyticsReporting: false,
  ...(outdir && { outdir }),
});

function addChecks(app: App): void {
  Validations.of(app).addPlugins(awsSolutions(app));
}
