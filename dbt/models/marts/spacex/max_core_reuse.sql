with launches as (

    select * from {{ ref('stg_launches') }}
    where not is_upcoming

),

launch_cores as (

    select * from {{ ref('stg_launch_cores') }}
    where core_id is not null

),

by_core as (

    select
        launch_cores.core_id,
        count(distinct launches.launch_id) as flights
    from launches
    inner join launch_cores on launch_cores.launch_id = launches.launch_id
    group by 1

),

maximum as (

    select max(flights) as flights from by_core

)

select
    by_core.core_id,
    by_core.flights,
    by_core.flights - 1 as reuses
from by_core
inner join maximum on maximum.flights = by_core.flights
