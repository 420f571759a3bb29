select
    operator_id,
    duty_id,
    started_at,
    finished_at,
    event = 'delete' as is_deleted,
    _interval_start as interval_start,
    _run_id as run_id
from {{ source('minibuses', 'duties') }}
