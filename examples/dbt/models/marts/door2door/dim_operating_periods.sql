with periods as (

    select * from {{ ref('stg_operating_periods') }}
    where not is_deleted

)

select
    organization_id,
    operating_period_id,
    started_at,
    finished_at,
    {{ seconds_between('started_at', 'finished_at') }} as seconds
from periods
