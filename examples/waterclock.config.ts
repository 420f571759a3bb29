import { defineProject } from 'waterclock';
import { door2doorPipeline } from './pipelines/door2door/definition.js';
import { earthquakesPipeline } from './pipelines/earthquakes/definition.js';
import { spacexPipeline } from './pipelines/spacex/definition.js';

export default defineProject({
  pipelines: [earthquakesPipeline, door2doorPipeline, spacexPipeline],
  show: [
    {
      pipeline: 'spacex',
      title: 'the core that was reused most (marts.max_core_reuse)',
      sql: 'select core_id, flights, reuses from marts.max_core_reuse order by core_id limit 3',
    },
    {
      pipeline: 'spacex',
      title: 'cores reused within 50 days (marts.cores_reused_within_50_days)',
      sql: 'select core_id, launch_name, previous_launch_at, launch_at, days_between from marts.cores_reused_within_50_days order by launch_at limit 5',
    },
    {
      pipeline: 'door2door',
      title: 'average distance in an operating period (marts.average_distance_per_operating_period)',
      sql: 'select organization_id, operating_period_id, vehicles, average_distance_m from marts.average_distance_per_operating_period order by organization_id, operating_period_id limit 5',
    },
    {
      pipeline: 'door2door',
      title: 'vehicles by hour (marts.vehicles_by_hour)',
      sql: 'select organization_id, hour, vehicles, locations from marts.vehicles_by_hour order by hour, organization_id limit 5',
    },
    {
      pipeline: 'earthquakes',
      title: 'the hours with most earthquakes (marts.quakes_by_hour)',
      sql: 'select hour, quakes, max_magnitude from marts.quakes_by_hour order by quakes desc, hour limit 3',
    },
  ],
});
