import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { auth } from "../../auth.js";

export default async function Me() {
  const session = await auth.api.getSession({ headers: await headers() });
  if (!session) redirect("/");
  return <p>{session.user.name}</p>;
}
