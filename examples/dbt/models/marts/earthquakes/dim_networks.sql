with quakes as (

    select * from {{ ref('fct_earthquakes') }}

)

select
    network,
    count(*) as events,
    min(occurred_at) as first_event_at,
    max(occurred_at) as last_event_at
from quakes
group by 1
