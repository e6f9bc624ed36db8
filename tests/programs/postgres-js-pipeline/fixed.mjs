// Refreshes the cache of the dashboards: node fixed.mjs
//
// Right: sql.begin sends the same two statements, together as well, inside of one transaction. The
// cache is made anew from the rows, so that a repetition changes nothing.
import postgres from "postgres";

const sql = postgres(process.env.DATABASE_URL, { max: 1, fetch_types: false });
await sql.begin((sql) => [
  sql`DELETE FROM dashboard_cache`,
  sql`
    INSERT INTO dashboard_cache (client_id, clicks, spend_minor)
    SELECT client_id, SUM(clicks), SUM(spend_minor) FROM daily_kpi_data GROUP BY client_id`,
]);
await sql.end();
