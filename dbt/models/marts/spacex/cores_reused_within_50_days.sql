with launches as (

    select * from {{ ref('stg_launches') }}
    where not is_upcoming

),

launch_cores as (

    select * from {{ ref('stg_launch_cores') }}
    where core_id is not null

),

flights as (

    select
        launch_cores.core_id,
        launches.launch_at,
        launches.launch_name,
        lag(launches.launch_at) over (
            partition by launch_cores.core_id
            order by launches.launch_at, launches.flight_number
        ) as previous_launch_at
    from launches
    inner join launch_cores on launch_cores.launch_id = launches.launch_id

),

between_flights as (

    select
        core_id,
        previous_launch_at,
        launch_at,
        launch_name,
        {{ seconds_between('previous_launch_at', 'launch_at') }} as seconds
    from flights
    where previous_launch_at is not null

)

select
    core_id,
    previous_launch_at,
    launch_at,
    launch_name,
    seconds / 86400 as days_between
from between_flights
where seconds < 50 * 86400
