import { startCluster, type Cluster } from './cluster.js';

// a cluster that lives as long as its standard input is open, so that it also ends when the tests are killed.
// By hand: node --import tsx test/k8s/main.ts, until Ctrl-C

let cluster: Cluster | undefined;
let isEnding = false;

async function end(exitCode: number): Promise<void> {
  if (isEnding) return;
  isEnding = true;
  await cluster?.close();
  process.exit(exitCode);
}

process.stdin
  .resume()
  .once('end', () => void end(0))
  .once('error', () => void end(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(1));

try {
  cluster = await startCluster((line) => console.error(`cluster: ${line}`));
  console.log(JSON.stringify({ kubeconfig: cluster.kubeconfig }));
} catch (error) {
  console.error(`cluster: ${error instanceof Error ? error.message : String(error)}`);
  await end(1);
}
