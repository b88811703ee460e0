-- What comes back, and the money that follows. A start takes up what is open; a case and a
-- refund are found by their order at any time.
CREATE TABLE IF NOT EXISTS return_cases (
  id       TEXT PRIMARY KEY,
  order_id ANY,
  customer ANY,
  state    ANY,
  doc      ANY,
  sum      BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS return_cases_order ON return_cases(order_id);
CREATE INDEX IF NOT EXISTS return_cases_customer ON return_cases(customer);
CREATE INDEX IF NOT EXISTS return_cases_state ON return_cases(state);
CREATE TABLE IF NOT EXISTS refunds (
  id       TEXT PRIMARY KEY,
  order_id ANY,
  case_id  ANY,
  state    ANY,
  doc      ANY,
  sum      BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS refunds_order ON refunds(order_id);
CREATE INDEX IF NOT EXISTS refunds_case ON refunds(case_id);
CREATE INDEX IF NOT EXISTS refunds_state ON refunds(state);
