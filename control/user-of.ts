import { userInfo } from 'node:os';
import type { Environment } from './environment.js';

/** who started a job, by GitHub, GitLab, Buildkite and Azure DevOps */
const actors = ['GITHUB_ACTOR', 'GITLAB_USER_LOGIN', 'BUILDKITE_BUILD_CREATOR', 'BUILD_REQUESTEDFOR'];

/** who asks: `WATERCLOCK_USER`, who started the job of CI, or who is logged in */
export function userOf(environment: Environment): string {
  const named = ['WATERCLOCK_USER', ...actors].map((name) => environment[name]).find(Boolean);
  return named ?? (environment['USER'] || loggedIn());
}

/** a container's user may have no name */
function loggedIn(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
