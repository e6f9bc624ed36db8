CREATE TABLE stock (
  item TEXT PRIMARY KEY,
  pieces INTEGER NOT NULL CHECK (pieces >= 0)
);

CREATE TABLE orders (
  reference TEXT PRIMARY KEY,
  item TEXT NOT NULL REFERENCES stock (item),
  pieces INTEGER NOT NULL
);

INSERT INTO stock (item, pieces) VALUES ('lamp', 10), ('chair', 4);
