import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { isForeign } from './child-environment.js';

type Environment = Record<string, string | undefined>;

/** what a user may ask of the embedded worker; the other settings say how a stack is reached, and this one has its own */
const asked =
  /^WATERCLOCK_(SOURCE_\w+|CONNECTORS|CACHE|ALERT_(WEBHOOK|SLACK)_URL|(INGEST|WAREHOUSE|TRANSFORM)_SLOTS|INGEST_(MEMORY|CPU)|DBT_(THREADS|BUILDS)|HEARTBEAT_TIMEOUT_SECONDS|TAG_SUPERSEDED|USER|DOCKER|DOCKER_NETWORK)$/;
/** read by the start itself */
const own = /^WATERCLOCK_(PORT_\w+|PROJECT)$/;
/** the start sets it for its own process */
const ours = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';

export interface OwnSettings {
  /** go to the worker */
  taken: Record<string, string>;
  /** names of those that do not */
  ignored: string[];
}

export function ownSettings(environment: Environment): OwnSettings {
  const taken: Record<string, string> = {};
  const ignored: string[] = [];
  for (const [name, value] of Object.entries(environment)) {
    if (value === undefined || value === '' || name === ours || own.test(name)) continue;
    if (asked.test(name)) taken[name] = value;
    else if (isForeign(name)) ignored.push(name);
  }
  return { taken, ignored: ignored.sort() };
}

/** the user's environment over the project's `.env`, where secrets of its sources are on a developer's machine */
export function withProjectFile(environment: Environment, project: string): Environment {
  const file = join(project, '.env');
  if (!existsSync(file)) return environment;
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined));
  return { ...parseEnv(readFileSync(file, 'utf8')), ...given };
}
