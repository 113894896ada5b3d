/** The least that a page rendered for each visitor can be. */
export const dynamic = "force-dynamic";

export default function Page() {
  return <p>Empty</p>;
}
