CREATE TABLE accounts (
  account TEXT PRIMARY KEY,
  paid INTEGER NOT NULL CHECK (paid >= 0)
);

CREATE TABLE payments (
  id SERIAL PRIMARY KEY,
  reference TEXT UNIQUE,
  account TEXT NOT NULL REFERENCES accounts (account),
  amount INTEGER NOT NULL
);

INSERT INTO accounts (account, paid) VALUES ('hotel', 1200), ('bar', 40);
INSERT INTO payments (reference, account, amount) VALUES ('web-1', 'bar', 40);
