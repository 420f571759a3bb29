import { createServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { choosePorts, freePorts } from '../../local/ports.js';

// as a stack does: chooses ports, and binds them a while later; until its standard input ends they are its own

const ports = process.argv[2] === 'free' ? await freePorts() : (await choosePorts({})).ports;
await setTimeout(1_000);
for (const port of Object.values(ports)) {
  await new Promise<void>((resolve, reject) => {
    createServer().once('error', reject).listen(port, '127.0.0.1', resolve);
  });
}
process.stdout.write(`${JSON.stringify(Object.values(ports))}\n`);
process.stdin.resume().once('end', () => process.exit(0));
