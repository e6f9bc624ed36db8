CREATE TABLE daily_kpi_data (
  client_id TEXT NOT NULL,
  date DATE NOT NULL,
  clicks INTEGER NOT NULL,
  spend_minor BIGINT NOT NULL,
  PRIMARY KEY (client_id, date)
);

CREATE TABLE dashboard_cache (
  client_id TEXT PRIMARY KEY,
  clicks BIGINT NOT NULL,
  spend_minor BIGINT NOT NULL
);

INSERT INTO daily_kpi_data (client_id, date, clicks, spend_minor) VALUES
  ('c01', '2025-08-30', 41, 1150), ('c01', '2025-08-31', 30, 1200),
  ('c02', '2025-08-30', 17, 640), ('c02', '2025-08-31', 12, 800);

-- As it was refreshed a day ago.
INSERT INTO dashboard_cache (client_id, clicks, spend_minor)
VALUES ('c01', 41, 1150), ('c02', 17, 640);
