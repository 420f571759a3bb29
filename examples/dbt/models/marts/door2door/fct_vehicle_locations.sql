{{
    config(
        materialized='incremental',
        incremental_strategy='intervals',
        unique_key=['organization_id', 'vehicle_id', 'located_at'],
        pre_hook="{{ find_unbuilt_intervals('door2door', 'vehicle_location') }}",
    )
}}

with locations as (

    select * from {{ ref('stg_vehicle_locations') }}
    {{ in_unbuilt_intervals() }}

)

select
    organization_id,
    vehicle_id,
    located_at,
    latitude,
    longitude,
    latitude is not null and longitude is not null as is_located,
    interval_start,
    run_id
from locations
