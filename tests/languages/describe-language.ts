import type { Language } from "./life";

const everything = process.env["EVERY_LANGUAGE"] !== undefined;

/** Declares a suite about programs in one language. It is skipped, with the reason, where they cannot run. */
export function describeLanguage(
  title: string,
  language: Language,
  start: () => Promise<void>,
  declare: () => void,
): void {
  const describeIt = everything || !language.isCompiled ? describe : describe.skip;
  describeIt(`${title} in ${language.name}`, function () {
    // The first run may install and build.
    this.timeout("30m");
    before(async function () {
      await language.find().catch((error: Error) => {
        console.error(`Programs in ${language.name} do not run: ${error.message}.`);
        return this.skip();
      });
      await start();
    });
    declare();
  });
}
