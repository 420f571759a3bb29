select
    operator_id,
    bus_id,
    located_at,
    latitude,
    longitude,
    _interval_start as interval_start,
    _run_id as run_id
from {{ source('minibuses', 'positions') }}
