import { redirect } from "next/navigation";
import { getServerSession } from "next-auth";
import { options } from "../../options.js";

export default async function Me() {
  const session = await getServerSession(options);
  if (!session) redirect("/");
  return <p>{session.user.name}</p>;
}
