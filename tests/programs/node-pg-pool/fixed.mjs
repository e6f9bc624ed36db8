// Saves an order and takes its goods from the stock: node fixed.mjs REFERENCE ITEM PIECES
//
// Right: every statement goes through the one client that has begun the transaction. The reference
// comes from the caller, so that a repetition finds the order and does nothing twice.
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
    await client.query("UPDATE stock SET pieces = pieces - $2 WHERE item = $1", [item, pieces]);
  }
  await client.query("COMMIT");
} catch (error) {
  await client.query("ROLLBACK");
  throw error;
} finally {
  client.release();
}
await pool.end();
