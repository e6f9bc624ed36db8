CREATE TABLE daily_kpi_data (
  client_id TEXT NOT NULL,
  date DATE NOT NULL,
  clicks INTEGER NOT NULL,
  spend_minor BIGINT NOT NULL,
  PRIMARY KEY (client_id, date)
);

CREATE TABLE collection_log (
  date DATE PRIMARY KEY,
  source TEXT NOT NULL
);

INSERT INTO daily_kpi_data (client_id, date, clicks, spend_minor)
VALUES ('c01', '2025-08-30', 41, 1150), ('c02', '2025-08-30', 17, 640);

INSERT INTO collection_log (date, source) VALUES ('2025-08-30', '2025-08-30.csv');
