with between_flights as (

    select
        core_id,
        previous_launch_at,
        launch_at,
        launch_name,
        {{ seconds_between('previous_launch_at', 'launch_at') }} as seconds
    from {{ ref('fct_core_flights') }}
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
