import { asHttp, type Source } from '../model/source.js';
import { customDriver } from './custom/driver.js';
import { httpDriver } from './http/driver.js';
import { httpRequestsDriver } from './http/requests-driver.js';
import { s3ObjectsDriver } from './s3-objects.js';
import type { DriverOptions, SourceDriver } from './source-driver.js';

export type { RawObject, SourceDriver } from './source-driver.js';

/** where the records of a definition come from */
export function openSource(source: Source, options: DriverOptions = {}): SourceDriver {
  switch (source.kind) {
    case 'http-json':
      return httpDriver(asHttp(source), options);
    case 'http':
      return httpDriver(source, options);
    case 'http-requests':
      return httpRequestsDriver(source, options);
    case 'custom':
      return customDriver(source, options);
    case 's3-objects':
      return s3ObjectsDriver(source, options);
    case 'task':
      throw new Error('a task is run by the activity that extracts: it has no driver');
  }
}
