/** Where the objects are: the one seam between the local service and the S3 server behind it. */

export interface S3Backend {
  /** `http://host:port`, to which requests signed for S3 are passed on. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** An S3 server that somebody else runs. */
export const externalS3 = (endpoint: string): S3Backend => ({
  endpoint: endpoint.replace(/\/+$/, ""),
  stop: () => Promise.resolve(),
});
