/** What must be in clear nowhere, and the look-out for it in everything that is written. */
export interface Leak {
  /** What it is that was found, such as "API key". */
  readonly secret: string;
  /** Where it stood. */
  readonly place: string;
  /** What stood around it, itself left out. */
  readonly around: string;
}

export class Secrets {
  private readonly values = new Map<string, string>();
  /** Characters looked through, by place. */
  readonly searched: Record<string, number> = {};
  readonly leaks: Leak[] = [];

  get count(): number {
    return this.values.size;
  }

  /** `value` is to be in clear nowhere. Too short a value stands somewhere by chance. */
  plant(secret: string, value: string): void {
    if (value.length < 12) throw new RangeError(`${secret} is too short to be recognised.`);
    this.values.set(value, secret);
  }

  /** The signature of a signed URL, which is what opens it. */
  plantSignedUrl(url: string): void {
    const signature = new URL(url).searchParams.get("X-Amz-Signature");
    if (!signature) throw new Error("The URL is not signed.");
    this.plant("signature of a signed URL", signature);
  }

  /** Which secrets a text holds. */
  among(text: string): string[] {
    const found = [...this.values].filter(([value]) => placeOf(value, text) !== undefined);
    return [...new Set(found.map(([, secret]) => secret))];
  }

  /** Looks for every secret in a text that was written to `place`; remembers and answers what it finds. */
  search(place: string, text: string): Leak[] {
    this.searched[place] = (this.searched[place] ?? 0) + text.length;
    const found: Leak[] = [];
    for (const [value, secret] of this.values) {
      const at = placeOf(value, text);
      if (!at) continue;
      const around = `${text.slice(Math.max(0, at.from - 60), at.from)}[${secret}]${text.slice(at.to, at.to + 60)}`;
      found.push({ secret, place, around });
    }
    this.leaks.push(...found);
    return found;
  }
}

/** Where a value first stands in a text, in whatever form. */
function placeOf(value: string, text: string): { from: number; to: number } | undefined {
  for (const form of formsOf(value)) {
    const from = text.indexOf(form);
    if (from !== -1) return { from, to: from + form.length };
  }
  return undefined;
}

/** In the ways in which the same value is written: as it is, in a URL, in JSON, and as base64. */
function formsOf(value: string): Set<string> {
  const bytes = Buffer.from(value);
  return new Set([
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    ...[0, 1, 2].map((shift) => base64Within(bytes, shift)),
  ]);
}

/** The part of a value's base64 that does not depend on what stands before and after it. */
function base64Within(bytes: Buffer, shift: number): string {
  const whole = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString("base64")
    .replace(/=+$/, "");
  return whole.slice(shift === 0 ? 0 : shift + 1, whole.length - 2);
}
