/** The commands in the shell blocks of a section of a README, one per line, without comments. */
export function commandsUnder(heading: string, readme: string): string[] {
  const [, section] = readme.split(new RegExp(`^## ${heading}$`, "m"));
  if (section === undefined) throw new Error(`The README has no section "${heading}".`);
  const blocks = [...section.split(/^## /m)[0]!.matchAll(/^```sh\n([^]*?)^```$/gm)];
  return blocks
    .flatMap(([, text]) => text!.split("\n"))
    .map((line) => line.replace(/ # .*/, ""))
    .filter((line) => line !== "");
}
