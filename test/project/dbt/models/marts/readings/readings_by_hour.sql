{{ config(materialized='materialized_view') }}

select
    date_trunc('hour', taken_at) as hour,
    count(*) as readings,
    max(level) as max_level
from {{ ref('fct_readings') }}
group by 1
