import type { User } from "#lib/contract/answers.ts";

const sizes = { small: "size-8 text-xs", large: "size-16 text-xl" };

/** The initials of the user's name, or the first letter of the username. Hidden from screen readers. */
export function Avatar({ user, size }: { user: User; size: keyof typeof sizes }) {
  const words = (user.name.trim() || user.username).split(/\s+/);
  const ends = words.length > 1 ? [words.at(0), words.at(-1)] : words;
  const initials = ends.map((word) => [...(word ?? "")].at(0)).join("");
  return (
    <span
      aria-hidden="true"
      className={`grid shrink-0 place-items-center rounded-full bg-accent-soft font-semibold text-accent-strong uppercase ${sizes[size]}`}
    >
      {initials}
    </span>
  );
}
