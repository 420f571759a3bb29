with locations as (

    select * from {{ ref('fct_vehicle_locations') }}

)

select
    organization_id,
    vehicle_id,
    count(*) as locations,
    min(located_at) as first_located_at,
    max(located_at) as last_located_at
from locations
group by 1, 2
