/** Does nothing. Without this file Next's build would find the project's own, two folders up. */
export function register() {}
