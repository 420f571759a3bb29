with source as (

    select * from {{ source('earthquakes', 'earthquakes') }}

),

renamed as (

    select
        id as earthquake_id,
        time as occurred_at,
        updated as updated_at,
        magnitude,
        magnitude_type,
        place,
        event_type,
        status,
        network,
        significance,
        tsunami = 1 as is_tsunami,
        felt_reports,
        alert,
        stations,
        azimuthal_gap,
        residual,
        url,
        longitude,
        latitude,
        depth_km,
        _interval_start as interval_start,
        _run_id as run_id,
        _loaded_at as loaded_at
    from source

)

select * from renamed
