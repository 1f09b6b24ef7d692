/** Programs that a machine may lack; without one its tests are skipped, and say why. */
import type { Missing, Program } from "../../scripts/find-aws-cli";

export async function need(this: Mocha.Context, find: () => Promise<Program | Missing>): Promise<Program> {
  // The first time may have to install it.
  this.timeout(6 * 60_000);
  const found = await find();
  if (!("because" in found)) return found;
  console.error(found.because);
  return this.skip();
}
