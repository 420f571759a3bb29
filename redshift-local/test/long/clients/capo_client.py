"""a client with a signer, a serializer and retries of its own, generated from the service's model"""
import asyncio
import os

from capo_redshift_data import AsyncRedshiftDataClient

place = {"workgroup_name": "local", "database": "postgres"}


async def main():
    endpoint = os.environ["AWS_ENDPOINT_URL_REDSHIFT_DATA"]
    async with AsyncRedshiftDataClient(endpoint=endpoint, region=os.environ["AWS_REGION"]) as client:
        asked = await client.execute_statement(sql="select 1 as n, 'ä' as s, null as z", wait_time_seconds=20, **place)
        assert asked["status"] == "FINISHED", asked
        result = await client.get_statement_result(id=asked["id"])
        assert [list(field.values())[0] for field in result["records"][0]] == [1, "ä", True], result
        tables = [table async for table in client.iter_list_tables(schema_pattern="pg_catalog", max_results=50, **place)]
        assert len(tables) > 50


asyncio.run(main())
