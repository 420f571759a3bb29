import { http, nextLink, oauth2ClientCredentials, secret } from '../../sources/declare.js';

/** the source of bench/dlt/orders.py */
export function ordersOf(api: string) {
  // definition
  return http({
    url: `${api}/orders`,
    query: { since: '{start}', until: '{end}' },
    auth: oauth2ClientCredentials({
      tokenUrl: `${api}/token`,
      clientId: 'waterclock',
      clientSecret: secret('SHOP_CLIENT_WORD'),
    }),
    pages: nextLink(),
    records: { form: 'json', at: 'data.items' },
  });
  // end
}
