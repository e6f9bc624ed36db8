// Refreshes the cache of the dashboards: node broken.mjs
//
// Broken: the two statements travel together, one behind the other on one connection, which looks
// like one step. Each is a transaction of its own: when the second one fails, the dashboards are
// empty.
import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL, { max: 1, fetch_types: false });
await Promise.all([
  sql`DELETE FROM dashboard_cache`,
  sql`
    INSERT INTO dashboard_cache (client_id, clicks, spend_minor)
    SELECT client_id, SUM(clicks), SUM(spend_minor) FROM daily_kpi_data GROUP BY client_id`,
]);
await sql.end();
