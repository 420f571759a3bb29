import type { TemporalSettings } from '../settings.js';

/** of `authorization` in the template of the server's configuration */
const indent = ' '.repeat(8);

/**
 * which tokens a frontend accepts. The server's template has a variable for the claim and none for the audience, which is a line of the
 * same block: it follows the claim's
 */
export function tokenSettings({
  jwks,
  permissionsClaim,
  audience,
}: TemporalSettings<'self-hosted'>['identity']): Record<string, string> {
  return {
    TEMPORAL_AUTH_AUTHORIZER: 'default',
    TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
    TEMPORAL_JWT_KEY_SOURCE1: jwks,
    TEMPORAL_JWT_PERMISSIONS_CLAIM: [
      permissionsClaim,
      ...(audience === undefined ? [] : [`audience: '${audience}'`]),
    ].join(`\n${indent}`),
  };
}
