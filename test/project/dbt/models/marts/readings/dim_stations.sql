select
    station,
    count(*) as readings,
    min(taken_at) as first_taken_at,
    max(taken_at) as last_taken_at
from {{ ref('fct_readings') }}
group by 1
