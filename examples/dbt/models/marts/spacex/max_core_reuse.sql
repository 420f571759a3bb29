with cores as (

    select * from {{ ref('dim_cores') }}

),

maximum as (

    select max(flights) as flights from cores

)

select
    cores.core_id,
    cores.flights,
    cores.flights - 1 as reuses
from cores
inner join maximum on maximum.flights = cores.flights
