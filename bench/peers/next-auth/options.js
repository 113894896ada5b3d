/** Set up as in its documentation: a sealed session in a cookie, passwords checked by argon2id. */
import { hash, verify } from "@node-rs/argon2";
import Credentials from "next-auth/providers/credentials";

/** One hash for all users: the bench measures how it is checked, not how it is stored. */
const stored = hash("correct horse battery staple", {
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
});

export const options = {
  session: { strategy: "jwt" },
  providers: [
    Credentials({
      credentials: { username: {}, password: {} },
      async authorize({ username, password }) {
        if (!(await verify(await stored, password))) return null;
        return { id: username, name: username, email: `${username}@example.com` };
      },
    }),
  ],
};
