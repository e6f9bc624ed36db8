// Saves an order and takes its goods from the stock: node broken.mjs REFERENCE ITEM PIECES
//
// Broken: pool.query takes another connection of the pool, where no transaction is open. The stock
// is reduced at once and for good; if the order is not committed then, the goods are gone, and the
// next attempt takes them a second time.
import pg from "pg";

const [reference, item, pieces] = process.argv.slice(2);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const client = await pool.connect();
try {
  await client.query("BEGIN");
  const saved = await client.query(
    `INSERT INTO orders (reference, item, pieces) VALUES ($1, $2, $3)
     ON CONFLICT (reference) DO NOTHING`,
    [reference, item, pieces],
  );
  if (saved.rowCount === 1) {
    await pool.query("UPDATE stock SET pieces = pieces - $2 WHERE item = $1", [item, pieces]);
  }
  await client.query("COMMIT");
} catch (error) {
  await client.query("ROLLBACK");
  throw error;
} finally {
  client.release();
}
await pool.end();
