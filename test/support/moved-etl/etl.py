"""the etl.py of a platform that moves here: reads what a sync has landed in S3, and writes the orders of its customers"""
import gzip
import json
import os
import time
from urllib.parse import urlparse

import boto3

s3 = boto3.client("s3")
prefix = urlparse(os.environ["WATERCLOCK_RAW_PREFIX"])
landing, gates = os.environ["LANDING"], os.environ["GATES"]


def landed(stream):
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=prefix.netloc, Prefix=f"{landing}{stream}/")
    for page in pages:
        for found in page.get("Contents", []):
            body = s3.get_object(Bucket=prefix.netloc, Key=found["Key"])["Body"].read()
            for line in gzip.decompress(body).splitlines():
                yield json.loads(line)["_airbyte_data"]


def write(name, rows):
    body = "\n".join(json.dumps(row) for row in rows).encode()
    s3.put_object(Bucket=prefix.netloc, Key=f"{prefix.path[1:]}{name}.jsonl", Body=body)


people = {person["id"]: person["country"] for person in landed("people")}
orders = [
    {"id": order["id"], "country": people[order["person"]], "cents": round(float(order["amount"]) * 100)}
    for order in landed("orders")
]
print(f"read {len(orders)} orders of {len(people)} people")
half = len(orders) // 2
write("first", orders[:half])
with open(os.path.join(gates, "started"), "a") as started:
    started.write(f"{os.environ['WATERCLOCK_RUN']}\n")
while not os.path.exists(os.path.join(gates, os.environ["WATERCLOCK_PIPELINE"])):
    time.sleep(0.05)
write("second", orders[half:])
result = urlparse(os.environ["WATERCLOCK_RESULT"])
s3.put_object(Bucket=result.netloc, Key=result.path[1:], Body=json.dumps({"counts": {"orders": len(orders)}}).encode())
