with launches as (

    select * from {{ ref('dim_launches') }}
    where not is_upcoming

),

launch_cores as (

    select * from {{ ref('stg_launch_cores') }}
    where core_id is not null

)

select
    launch_cores.core_id,
    launch_cores.launch_id,
    launch_cores.core_position,
    launches.launch_name,
    launches.launch_at,
    lag(launches.launch_at) over (
        partition by launch_cores.core_id
        order by launches.launch_at, launches.flight_number
    ) as previous_launch_at,
    launch_cores.is_landed
from launches
inner join launch_cores on launch_cores.launch_id = launches.launch_id
