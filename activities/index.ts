import { alertChannels } from './alert-channels.js';
import { arrangeBuilds } from './arrange-builds.js';
import { askForSlot } from './ask-for-slot.js';
import { cancelRuns } from './cancel-runs.js';
import { close } from './close.js';
import { copy } from './copy.js';
import { dbtBuild } from './dbt-build.js';
import { programOf } from '../dbt/commands.js';
import { warmStarts } from '../dbt/warm-start.js';
import { redactor } from '../model/redact.js';
import type { Dependencies } from './dependencies.js';
import { dependents, usedIntervals } from './downstream.js';
import { ensureRun } from './ensure-run.js';
import { extract } from './extract.js';
import { extractRange } from './extract-objects.js';
import { withFailures } from './failures.js';
import { loadedIntervals } from './loaded-intervals.js';
import { lookAt } from './look-at.js';
import { needBuild } from './need-build.js';
import { parquet } from './parquet.js';
import { plan } from './plan.js';
import { ready } from './ready.js';
import { rebuildActivities } from './rebuild.js';
import { runStepTask } from './run-step-task.js';
import { sendAlert } from './send-alert.js';
import { stepsByPlan } from './steps-by-plan.js';
import type { Activities } from './types.js';
import { validate, validatePart } from './validate.js';
import { listedIntervals, noteLate } from './watch-lists.js';

export function createActivities(given: Dependencies): Activities {
  const { redact = redactor(given.environment) } = given;
  const dependencies = { ...given, redact };
  const { dbt, worker } = given.settings;
  const warm = warmStarts();
  const prepareBuild = () => warm.prepare(programOf({ dbt, environment: given.environment }));
  const activities: Activities = {
    plan: plan(dependencies, worker.roles.includes('transform') ? prepareBuild : undefined),
    ...stepsByPlan(dependencies.store, {
      extract: extract(dependencies),
      extractRange: extractRange(dependencies),
      taskBefore: runStepTask(dependencies, 'before'),
      taskAfter: runStepTask(dependencies, 'after'),
      validatePart: validatePart(dependencies),
      validate: validate(dependencies),
      parquet: parquet(dependencies),
      copy: copy(dependencies),
      ready: ready(dependencies),
    }),
    close: close(dependencies),
    cancelRuns: cancelRuns(dependencies),
    loadedIntervals: loadedIntervals(dependencies),
    dependents: dependents(dependencies),
    usedIntervals: usedIntervals(dependencies),
    alertChannels: alertChannels(dependencies),
    sendAlert: sendAlert(dependencies),
    watchedPipelines: () => Promise.resolve({ pipelines: dependencies.pipelines.map(({ name }) => name) }),
    lookAt: lookAt(dependencies),
    noteLate: noteLate(dependencies),
    listedIntervals: listedIntervals(dependencies),
    ensureRun: ensureRun(dependencies),
    needBuild: needBuild(dependencies),
    askForSlot: askForSlot(dependencies),
    ...rebuildActivities(dependencies),
    arrangeBuilds: arrangeBuilds(dependencies),
    dbtBuild: dbtBuild(dependencies, warm),
  };
  return withFailures(activities, redact);
}
