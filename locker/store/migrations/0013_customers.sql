-- Those of the customers of orders of whom a reference is kept still: few of many, and asked
-- for each hour.
CREATE TABLE IF NOT EXISTS order_customers (
  order_id TEXT PRIMARY KEY,
  doc      ANY,
  sum      BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS order_customers_named ON order_customers(order_id) WHERE doc->>'customer_ref' <> '';
