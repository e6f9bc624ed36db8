CREATE TABLE daily_kpi_data (
  client_id TEXT NOT NULL,
  date DATE NOT NULL,
  clicks INTEGER NOT NULL,
  spend_minor BIGINT NOT NULL,
  PRIMARY KEY (client_id, date)
);

CREATE TABLE campaign_summaries (
  client_id TEXT NOT NULL,
  month TEXT NOT NULL,
  clicks BIGINT NOT NULL,
  spend_minor BIGINT NOT NULL,
  PRIMARY KEY (client_id, month)
);

CREATE TABLE aggregation_tracking (
  month TEXT PRIMARY KEY,
  state TEXT NOT NULL
);

INSERT INTO daily_kpi_data (client_id, date, clicks, spend_minor) VALUES
  ('c01', '2025-08-30', 41, 1150), ('c01', '2025-08-31', 30, 1200),
  ('c02', '2025-08-30', 17, 640), ('c02', '2025-08-31', 12, 800);
