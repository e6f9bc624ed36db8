CREATE TABLE accounts (
  name TEXT PRIMARY KEY,
  balance_minor BIGINT NOT NULL
);

CREATE TABLE transfers (
  reference TEXT PRIMARY KEY,
  payer TEXT NOT NULL REFERENCES accounts (name),
  payee TEXT NOT NULL REFERENCES accounts (name),
  amount_minor BIGINT NOT NULL
);

INSERT INTO accounts (name, balance_minor) VALUES ('A', 10000), ('B', 5000);
