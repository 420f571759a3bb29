{{
    config(
        materialized='incremental',
        incremental_strategy='intervals',
        unique_key=['earthquake_id'],
        pre_hook="{{ find_unbuilt_intervals('earthquakes', 'earthquakes') }}",
    )
}}

with quakes as (

    select * from {{ ref('stg_earthquakes') }}
    {{ in_unbuilt_intervals() }}

)

select
    earthquake_id,
    occurred_at,
    updated_at,
    network,
    event_type,
    event_type = 'earthquake' as is_earthquake,
    magnitude,
    magnitude_type,
    significance,
    is_tsunami,
    felt_reports,
    longitude,
    latitude,
    depth_km,
    place,
    interval_start,
    run_id
from quakes
