/**
 * Waits for an answer of which only the status counts.
 *
 * @param answer The answer to come; its body is thrown away.
 * @returns Its status.
 */
export async function statusOf(answer: Promise<Response>): Promise<number> {
  const response = await answer;
  await response.body?.cancel();
  return response.status;
}
