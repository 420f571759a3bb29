with locations as (

    select * from {{ ref('fct_vehicle_locations') }}

),

by_hour as (

    select
        organization_id,
        date_trunc('hour', located_at) as hour,
        count(distinct vehicle_id) as vehicles,
        count(*) as locations
    from locations
    group by 1, 2

)

select * from by_hour
