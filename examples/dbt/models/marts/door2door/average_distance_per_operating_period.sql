with locations as (

    select * from {{ ref('fct_vehicle_locations') }}
    where is_located

),

periods as (

    select * from {{ ref('dim_operating_periods') }}

),

inside as (

    select
        periods.organization_id,
        periods.operating_period_id,
        locations.vehicle_id,
        locations.latitude,
        locations.longitude,
        lag(locations.latitude) over (
            partition by periods.organization_id, periods.operating_period_id, locations.vehicle_id
            order by locations.located_at
        ) as previous_latitude,
        lag(locations.longitude) over (
            partition by periods.organization_id, periods.operating_period_id, locations.vehicle_id
            order by locations.located_at
        ) as previous_longitude
    from periods
    inner join locations
        on locations.organization_id = periods.organization_id
        and locations.located_at >= periods.started_at
        and locations.located_at <= periods.finished_at

),

by_vehicle as (

    select
        organization_id,
        operating_period_id,
        vehicle_id,
        sum(coalesce({{ haversine_m('previous_latitude', 'previous_longitude', 'latitude', 'longitude') }}, 0)) as distance_m
    from inside
    group by 1, 2, 3

),

by_period as (

    select
        organization_id,
        operating_period_id,
        count(*) as vehicles,
        -- to the millimetre: the order of a sum is no engine's promise
        cast(cast(avg(distance_m) as decimal(18, 3)) as double precision) as average_distance_m
    from by_vehicle
    group by 1, 2

)

select * from by_period
