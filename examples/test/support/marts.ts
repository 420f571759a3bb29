import { fileURLToPath } from 'node:url';
import { dbtWarehouse } from '../../../test/support/dbt-warehouse.js';
import project from '../../waterclock.config.js';

export const { pipelines } = project;

/** a warehouse with the tables of this project's pipelines, and its models */
export const marts = () => dbtWarehouse({ pipelines, dbt: fileURLToPath(new URL('../../dbt', import.meta.url)) });

/** the driver reads timestamps without a zone as local times */
export const local = (time: string) => new Date(time);
