{{
    config(
        materialized='incremental',
        incremental_strategy='intervals',
        unique_key=['operator_id', 'bus_id', 'located_at'],
        pre_hook="{{ find_unbuilt_intervals('minibuses', 'positions') }}",
    )
}}

select
    operator_id,
    bus_id,
    located_at,
    latitude,
    longitude,
    interval_start,
    run_id
from {{ ref('stg_positions') }}
{{ in_unbuilt_intervals() }}
