/**
 * Milliseconds for which somebody who has proved who they are may do what would hurt if it was
 * somebody else at an unlocked screen ("step-up", ASVS 7.5.3).
 */
export const recentSignIn = 10 * 60_000;

export function isRecent(authenticatedAt: number, now: number): boolean {
  return now - authenticatedAt < recentSignIn;
}
