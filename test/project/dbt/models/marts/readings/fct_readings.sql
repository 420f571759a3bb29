{{
    config(
        materialized='incremental',
        incremental_strategy='intervals',
        unique_key=['reading_id'],
        pre_hook="{{ find_unbuilt_intervals('readings', 'readings') }}",
    )
}}

select
    reading_id,
    taken_at,
    level,
    place,
    station,
    interval_start,
    run_id
from {{ ref('stg_readings') }}
{{ in_unbuilt_intervals() }}
