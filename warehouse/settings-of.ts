import type { OtherUser, Settings } from '../model/settings.js';

/** the warehouse as another user sees it, where the settings name one; else as who loads */
export function settingsOf(redshift: Settings['redshift'], as: OtherUser | undefined): Settings['redshift'] {
  const user = as && redshift.as?.[as];
  if (!user) return redshift;
  const { dbUser: _, secretArn: __, ...place } = redshift;
  return { ...place, ...user };
}
