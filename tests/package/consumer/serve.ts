/** The installed package's local Data Exchange, until standard input ends. */
import { LocalDataExchange } from "pulumi-dataexchange/emulator";

async function main(): Promise<void> {
  const local = await LocalDataExchange.start();
  process.stdin.on("end", () => void local.stop()).resume();
  console.log(local.endpoint);
}

void main();
