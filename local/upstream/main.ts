import { startUpstream } from './start-upstream.js';

const { PORT, UPSTREAM_PROJECT, UPSTREAM_STATE, UPSTREAM_DATA } = process.env;

try {
  if (!UPSTREAM_PROJECT) throw new Error('UPSTREAM_PROJECT is not set: the folder of the project');
  if (!UPSTREAM_STATE) throw new Error('UPSTREAM_STATE is not set: the folder to write objects under');
  const upstream = await startUpstream({
    port: Number(PORT ?? 8335),
    project: UPSTREAM_PROJECT,
    state: UPSTREAM_STATE,
    ...(UPSTREAM_DATA && { data: UPSTREAM_DATA }),
  });
  const stop = () => void upstream.close();
  process.once('SIGTERM', stop).once('SIGINT', stop).once('SIGHUP', stop);
  console.log(`upstream listening on ${upstream.url}`);
} catch (error) {
  console.error(`upstream: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
