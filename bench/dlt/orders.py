# the rows of a paged API behind OAuth2, as dlt's rest_api reads them: one JSON document a line
# usage: orders.py ADDRESS START END, with SHOP_CLIENT_WORD in the environment
import json
import os
import sys

from dlt.sources.helpers.rest_client.auth import OAuth2ClientCredentials
from dlt.sources.rest_api import rest_api_source

api, start, end = sys.argv[1:4]
word = os.environ["SHOP_CLIENT_WORD"]

# definition
source = rest_api_source({
    "client": {
        "base_url": api,
        "auth": OAuth2ClientCredentials(
            access_token_url=f"{api}/token",
            client_id="waterclock",
            client_secret=word,
        ),
        "paginator": "header_link",
    },
    "resources": [
        {
            "name": "orders",
            "endpoint": {
                "path": "orders",
                "params": {"since": start, "until": end},
                "data_selector": "data.items",
            },
        },
    ],
})
# end

for row in source.resources["orders"]:
    print(json.dumps(row))
