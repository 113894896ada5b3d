/** The least that a page rendered for each visitor can do. */
export const dynamic = "force-dynamic";

export default function Page() {
  return <p>Empty</p>;
}
