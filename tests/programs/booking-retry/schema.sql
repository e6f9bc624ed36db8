CREATE TABLE rooms (
  kind TEXT PRIMARY KEY,
  free INTEGER NOT NULL CHECK (free >= 0)
);

CREATE TABLE bookings (
  id SERIAL PRIMARY KEY,
  reference TEXT UNIQUE,
  kind TEXT NOT NULL REFERENCES rooms (kind),
  guest TEXT NOT NULL
);

INSERT INTO rooms (kind, free) VALUES ('double', 8), ('single', 5);
INSERT INTO bookings (reference, kind, guest) VALUES ('web-1', 'single', 'Rossi');
