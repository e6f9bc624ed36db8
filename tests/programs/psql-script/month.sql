-- Sums up a month and notes that it is done. Both statements write by the key of the month, so that
-- a repetition changes nothing. Whether they are one transaction is up to psql's options.

INSERT INTO campaign_summaries (client_id, month, clicks, spend_minor)
SELECT client_id, :'month', SUM(clicks), SUM(spend_minor) FROM daily_kpi_data
WHERE to_char(date, 'YYYY-MM') = :'month' GROUP BY client_id
ON CONFLICT (client_id, month)
DO UPDATE SET clicks = excluded.clicks, spend_minor = excluded.spend_minor;

INSERT INTO aggregation_tracking (month, state) VALUES (:'month', 'done')
ON CONFLICT (month) DO UPDATE SET state = excluded.state;
