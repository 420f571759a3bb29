import { expect, test } from 'vitest';
import { userOf } from '../../../control/user-of.js';

test.each([
  [{ WATERCLOCK_USER: 'ada', GITHUB_ACTOR: 'bot', USER: 'root' }, 'ada'],
  [{ GITHUB_ACTOR: 'bot', USER: 'root' }, 'bot'],
  [{ GITLAB_USER_LOGIN: 'grace', USER: 'root' }, 'grace'],
  [{ WATERCLOCK_USER: '', USER: 'root' }, 'root'],
])('of %j it is %s who asks', (environment, user) => {
  expect(userOf(environment)).toBe(user);
});

test('without any of them it is who is logged in', () => {
  expect(userOf({})).not.toBe('');
});
