// Takes a payment, and tries again where the database answers too late:
// node broken.mjs REFERENCE ACCOUNT AMOUNT
//
// Broken: the database may have committed what it answers too late. The reference is not kept, so
// that the second attempt cannot tell, and takes the payment again.
import pg from "pg";

const [, account, amount] = process.argv.slice(2);

async function pay() {
  // Two seconds for an answer are this program's own patience; it then closes the connection.
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL, query_timeout: 2000 });
  client.on("error", () => {}); // The query that fails tells it, too.
  await client.connect();
  try {
    await client.query("BEGIN");
    await client.query("INSERT INTO payments (account, amount) VALUES ($1, $2)", [account, amount]);
    await client.query("UPDATE accounts SET paid = paid + $2 WHERE account = $1", [account, amount]);
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
