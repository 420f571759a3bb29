import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { kubernetesPlace } from '../../../tasks/kubernetes/place.js';

const folder = mkdtempSync(join(tmpdir(), 'waterclock-kubeconfig-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');
function kubeconfig(user: object): string {
  const file = join(folder, 'config');
  const content = {
    'current-context': 'b',
    contexts: [
      { name: 'a', context: { cluster: 'none', user: 'none' } },
      { name: 'b', context: { cluster: 'eks', user: 'worker' } },
    ],
    clusters: [{ name: 'eks', cluster: { server: 'https://eks/', 'certificate-authority': 'ca.crt' } }],
    users: [{ name: 'worker', user }],
  };
  writeFileSync(join(folder, 'ca.crt'), 'the authority');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

test('the current context of KUBECONFIG is asked, with its token or certificate', async () => {
  const place = await kubernetesPlace({ KUBECONFIG: kubeconfig({ token: 'abc' }) });
  expect([place.server, place.tls, await place.token()]).toEqual(['https://eks', { ca: 'the authority' }, 'abc']);
  const user = { 'client-certificate-data': base64('mine'), 'client-key-data': base64('secret') };
  const { tls } = await kubernetesPlace({ KUBECONFIG: kubeconfig(user) });
  expect(tls).toEqual({ ca: 'the authority', cert: 'mine', key: 'secret' });
});

test.each([
  [{}, 'not a pod of Kubernetes, and KUBECONFIG is not set'],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1' }, 'this pod has no token'],
])('a worker that cannot ask a cluster says why: %j', async (environment, says) => {
  await expect(kubernetesPlace(environment)).rejects.toMatchObject({
    name: 'TaskRefused',
    message: expect.stringContaining(says),
  });
});

test('a token from a program is refused', async () => {
  const KUBECONFIG = kubeconfig({ exec: { command: 'aws' } });
  await expect(kubernetesPlace({ KUBECONFIG })).rejects.toThrow('gets its token from a program');
});
