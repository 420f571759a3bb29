with launches as (

    select * from {{ ref('stg_launches') }}

)

select
    launch_id,
    flight_number,
    launch_name,
    launch_at,
    date_precision,
    is_upcoming,
    is_success,
    {{ array_length('failures') }} as failures,
    rocket_id,
    launchpad_id,
    links_webcast,
    links_wikipedia
from launches
