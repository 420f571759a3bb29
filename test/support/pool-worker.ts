import { noOpService, plainPipeline } from './no-op-service.js';

// a worker in a process of its own, to be killed: `ADDRESS NAMESPACE BUNDLE URL`; extracts ask the address for as long as it takes

const [address = '', namespace = '', codePath = '', url = ''] = process.argv.slice(2);
const service = await noOpService(
  address,
  { codePath },
  () => ({
    extract: async ({ run }) => {
      await (await fetch(`${url}/${run.workflowId}`)).text();
      return { manifest: { bucket: 'lake', key: 'none' }, parts: 0, files: 1, bytes: 1 };
    },
  }),
  { earlier: namespace },
);
for (const name of ['a', 'b', 'c']) service.pipelines.push({ ...plainPipeline, name, pool: 'shop-api' });
service.pools['shop-api'] = 2;
process.stdout.write('ready\n');
