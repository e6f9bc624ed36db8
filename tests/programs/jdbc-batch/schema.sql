CREATE TABLE campaign_metrics (
  client_id TEXT NOT NULL,
  month TEXT NOT NULL,
  clicks BIGINT NOT NULL,
  PRIMARY KEY (client_id, month)
);

CREATE TABLE conversion_metrics (
  client_id TEXT NOT NULL,
  month TEXT NOT NULL,
  reservations BIGINT NOT NULL,
  PRIMARY KEY (client_id, month)
);

INSERT INTO campaign_metrics (client_id, month, clicks)
VALUES ('c01', '2025-07', 3120), ('c02', '2025-07', 1480);

INSERT INTO conversion_metrics (client_id, month, reservations)
VALUES ('c01', '2025-07', 122), ('c02', '2025-07', 60);
