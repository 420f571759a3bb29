with flights as (

    select * from {{ ref('fct_core_flights') }}

)

select
    core_id,
    count(distinct launch_id) as flights,
    sum(case when is_landed then 1 else 0 end) as landings,
    min(launch_at) as first_launch_at,
    max(launch_at) as last_launch_at
from flights
group by 1
