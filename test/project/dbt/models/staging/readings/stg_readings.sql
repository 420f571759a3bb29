select
    id as reading_id,
    time as taken_at,
    level,
    place,
    station,
    quality,
    _interval_start as interval_start,
    _run_id as run_id
from {{ source('readings', 'readings') }}
