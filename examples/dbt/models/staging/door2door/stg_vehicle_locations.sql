with source as (

    select * from {{ source('door2door', 'vehicle_location') }}

),

renamed as (

    select
        organization_id,
        vehicle_id,
        located_at,
        latitude,
        longitude,
        event_at,
        _interval_start as interval_start,
        _run_id as run_id,
        _loaded_at as loaded_at
    from source

)

select * from renamed
