/** Ids and ARNs as the service makes them. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

export const arnOf = ({ account, region }: Place, path: string): string =>
  `arn:aws:dataexchange:${region}:${account}:${path}`;

/** What an account is entitled to is nobody's of its own: such ARNs name no account. */
export const entitledArnOf = ({ region }: Place, path: string): string =>
  arnOf({ account: "", region }, path);

/** Keys in the service's own bucket. */
export const assetKey = ({ account, region }: Place, assetId: string): string =>
  `${account}/${region}/assets/${assetId}`;

export const uploadKey = ({ account, region }: Place, jobId: string): string =>
  `${account}/${region}/uploads/${jobId}`;

/** The inverse of the two above. */
export function readKey(key: string): { place: Place; kind: "assets" | "uploads"; id: string } | undefined {
  const [, account, region, kind, id] =
    /^(\d{12})\/([a-z0-9-]+)\/(assets|uploads)\/([0-9a-f]{32})$/.exec(key) ?? [];
  if (!account || !region || !id) return undefined;
  return { place: { account, region }, kind: kind as "assets" | "uploads", id };
}
