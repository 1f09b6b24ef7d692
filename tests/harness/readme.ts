/** The shell blocks of a section of a document. */
export function shellBlocksUnder(heading: string, readme: string): string[] {
  const [, section] = readme.split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`The README has no section "${heading}".`);
  return [...section.split(/^## /m)[0]!.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, text]) => text!);
}

/** The commands in the shell blocks of a section of a README, one per line, without comments. */
export const commandsUnder = (heading: string, readme: string): string[] =>
  shellBlocksUnder(heading, readme)
    .flatMap((text) => text.split("\n"))
    .map((line) => line.replace(/ # .*/, ""))
    .filter((line) => line !== "");
