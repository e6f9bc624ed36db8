CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
);

CREATE TABLE additions (
  reference TEXT PRIMARY KEY,
  amount INTEGER NOT NULL
);

INSERT INTO counters (name, value) VALUES ('visits', 100);
