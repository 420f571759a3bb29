"""AWS Labs' MCP server for Redshift: reads in AUTO_COMMIT batches, transactions in sessions. What it asks the control
plane (which workgroups there are) is answered here, all else by the service."""
import asyncio
import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer


class ControlPlane(BaseHTTPRequestHandler):
    def do_POST(self):
        self.rfile.read(int(self.headers["content-length"]))
        is_serverless = "ListWorkgroups" in self.headers.get("x-amz-target", "")
        workgroups = {"workgroups": [{"workgroupName": "local", "status": "AVAILABLE"}]}
        clusters = "<DescribeClustersResponse><DescribeClustersResult><Clusters/></DescribeClustersResult></DescribeClustersResponse>"
        body = (json.dumps(workgroups) if is_serverless else clusters).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


control = HTTPServer(("127.0.0.1", 0), ControlPlane)
threading.Thread(target=control.serve_forever, daemon=True).start()
for service in ("REDSHIFT", "REDSHIFT_SERVERLESS"):
    os.environ[f"AWS_ENDPOINT_URL_{service}"] = f"http://127.0.0.1:{control.server_port}"

from awslabs.redshift_mcp_server.redshift import execute_query  # noqa: E402

place = ("local", "serverless", "postgres")


async def main():
    async def rows(sql=None, **more):
        return (await execute_query(*place, sql, **more))["rows"]

    async def refused(sql, **more):
        try:
            await rows(sql, **more)
        except Exception as error:
            return str(error)
        raise SystemExit(f"was not refused: {sql}")

    write = {"enforce_read_only": False}
    await rows("create table if not exists public.tooled (n integer)", **write)
    assert await rows("select count(*) from public.tooled") == [[0]]
    await rows(begin_transaction="t", **write)
    await rows("insert into public.tooled values (1)", in_transaction="t", **write)
    assert await rows("select count(*) from public.tooled") == [[0]]
    assert await rows("select count(*) from public.tooled", in_transaction="t", **write) == [[1]]
    await rows(commit_transaction="t", **write)
    await rows("insert into public.tooled values (2)", begin_transaction="u", **write)
    await rows(rollback_transaction="u", **write)
    assert await rows("select n from public.tooled") == [[1]]
    assert "does not exist" in await refused("select nothing from public.tooled")


asyncio.run(main())
