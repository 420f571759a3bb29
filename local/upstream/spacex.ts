import { parseDataFile, readDataFiles } from './data-folder.js';
import { simulatedLaunches } from './spacex-sample.js';

export interface Spacex {
  body: string | Buffer;
  coverage: { snapshotAt: string; simulated: boolean };
}

/** samples and archived files show one state for ever: the snapshot of 2022-11-24 */
const snapshotAt = '2022-11-25T01:00:00Z';

/** the body of `/v4/launches` */
export async function openSpacex(folder: string | undefined): Promise<Spacex> {
  if (!folder) {
    return { body: JSON.stringify(simulatedLaunches()), coverage: { snapshotAt, simulated: true } };
  }
  const files = await readDataFiles(folder, ['.json']);
  if (files.length === 0) throw new Error(`${folder} holds no .json file of launches`);
  for (const file of files) {
    if (!Array.isArray(parseDataFile(file))) throw new Error(`${file.path} is not a JSON array of launches`);
  }
  const coverage = { snapshotAt, simulated: false };
  const [only] = files;
  if (only && files.length === 1) return { body: only.bytes, coverage };
  return { body: joined(files.map(({ bytes }) => bytes.toString('utf8'))), coverage };
}

/** one array of all elements, their text untouched */
function joined(arrays: string[]): string {
  const inner = arrays.map((text) =>
    text
      .replace(/^[^[]*\[/, '')
      .replace(/\][^\]]*$/, '')
      .trim(),
  );
  return `[${inner.filter(Boolean).join(',\n')}]`;
}
