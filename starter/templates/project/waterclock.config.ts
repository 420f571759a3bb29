import { defineProject } from 'waterclock';
import { ordersPipeline } from './pipelines/orders/definition.js';

export default defineProject({
  pipelines: [ordersPipeline],
  // what `waterclock start` and `waterclock results` show at the end
  show: [
    {
      pipeline: 'orders',
      title: 'sales by hour (marts.sales_by_hour)',
      sql: 'select hour, orders, amount from marts.sales_by_hour order by hour',
    },
  ],
});
