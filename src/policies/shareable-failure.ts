/**
 * Whether a failed call's answer is also that of callers who asked for the same in another form (whole or streamed): it
 * tells of the provider's state. Other refusals judge the request, and may mean its form.
 *
 * @param status of the provider's answer, 400 to 599
 */
export function isShareableFailure(status: number): boolean {
  return status >= 500 || status === 408 || status === 409 || status === 429;
}
