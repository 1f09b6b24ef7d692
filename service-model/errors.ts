/** The errors that the service's API model names, and the status each comes with. */
export const serviceErrors = {
  ValidationException: 400,
  ServiceLimitExceededException: 402,
  AccessDeniedException: 403,
  ResourceNotFoundException: 404,
  ConflictException: 409,
  ThrottlingException: 429,
  InternalServerException: 500,
} as const;

export type ServiceErrorName = keyof typeof serviceErrors;

/** How long the service keeps a job's record, in days from its creation; from then on GetJob answers 404. */
export const jobRecordDays = 90;
