select
    operator_id,
    duty_id,
    {{ seconds_between('started_at', 'finished_at') }} as seconds
from {{ ref('stg_duties') }}
where not is_deleted
