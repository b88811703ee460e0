-- What a scan finds orders by: their receipts, and the articles and serial numbers in them.
-- The newest come first: there may be thousands with an article.
CREATE TABLE order_keys (
  key      TEXT NOT NULL,     -- kind and text, see locker/orders
  ordered  INTEGER NOT NULL,  -- Unix seconds
  order_id TEXT NOT NULL,
  PRIMARY KEY (key, ordered, order_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_keys_order ON order_keys(order_id);
CREATE TABLE orders (
  id    TEXT PRIMARY KEY,
  shop  ANY,
  ended ANY,                  -- Unix seconds of the last delivery
  doc   ANY,
  sum   BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_shop ON orders(shop, id);
CREATE INDEX orders_ended ON orders(ended);
