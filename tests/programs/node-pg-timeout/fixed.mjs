// Takes a payment, and tries again where the database answers too late:
// node fixed.mjs REFERENCE ACCOUNT AMOUNT
//
// Right: the payment carries a reference that the caller chose before the first attempt. Where an
// attempt was committed and its answer came too late, the next one finds the reference and is done.
import pg from "pg";

const [reference, account, amount] = process.argv.slice(2);

async function pay() {
  // Two seconds for an answer are this program's own patience; it then closes the connection.
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, query_timeout: 2000 });
  client.on("error", () => {}); // The query that fails tells it, too.
  await client.connect();
  try {
    await client.query("BEGIN");
    const made = await client.query(
      `INSERT INTO payments (reference, account, amount) VALUES ($1, $2, $3)
       ON CONFLICT (reference) DO NOTHING`,
      [reference, account, amount],
    );
    if (made.rowCount === 1) {
      await client.query("UPDATE accounts SET paid = paid + $2 WHERE account = $1", [account, amount]);
    }
    await client.query("COMMIT");
  } finally {
    await client.end();
  }
}

let paid = false;
for (let attempt = 1; attempt <= 3 && !paid; ++attempt) {
  try {
    await pay();
    paid = true;
  } catch (error) {
    console.error(`attempt ${attempt} failed: ${error.message}`);
  }
}
process.exitCode = paid ? 0 : 1;
