/**
 * The least that an API handler can do: it returns an empty object. A response without a body would
 * spare Next a stream, as no real API can; the cost of this one is that of Next itself.
 */
export const dynamic = "force-dynamic";

export const GET = async () => Response.json({});
export const POST = async () => Response.json({});
