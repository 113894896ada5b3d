/** Every error that the API returns, in one table (RFC 9457 problem details). */
export const problems = {
  malformed_request: [400, "The request could not be read"],
  invalid_credentials: [401, "Wrong username or password"],
  token_missing: [401, "An access token is needed"],
  token_invalid: [401, "The access token is not valid"],
  token_expired: [401, "The access token has expired"],
  token_revoked: [401, "The session of this access token has ended"],
  insufficient_user_authentication: [401, "A recent sign-in is needed"],
  refresh_missing: [401, "There is no refresh token"],
  refresh_invalid: [401, "The refresh token is not valid"],
  session_expired: [401, "The session has expired"],
  session_revoked: [401, "The session was ended"],
  refresh_reused: [401, "The session was ended because its refresh token was used twice"],
  password_required: [401, "The password of the account is needed"],
  link_invalid: [400, "The link or code is not valid"],
  captcha_required: [403, "A captcha has to be solved first"],
  email_not_verified: [403, "The email address is not verified"],
  origin_not_allowed: [403, "This origin may not do that"],
  not_found: [404, "There is nothing here"],
  method_not_allowed: [405, "This method is not available here"],
  refresh_superseded: [409, "A newer refresh token has just been issued"],
  username_taken: [409, "This username is taken"],
  email_taken: [409, "This email address is taken"],
  body_too_large: [413, "The request is too large"],
  unsupported_media_type: [415, "This content type is not supported"],
  validation_failed: [422, "Some values are not right"],
  too_many_attempts: [429, "Too many attempts"],
  internal_error: [500, "Something went wrong on our side"],
  mail_unavailable: [503, "No email can be sent from here"],
  unavailable: [503, "The service is not available just now"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof problems;

/** What is wrong with one field. `path` is the field's name. */
export interface FieldError {
  path: string;
  message: string;
}

/** The body of an error, `application/problem+json`. `code` is stable; `detail` is for people. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
  errors?: FieldError[];
}
