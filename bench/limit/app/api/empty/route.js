/**
 * The least that an API's handler can be: it answers an empty object. An answer without a body
 * would spare Next a stream, as no API's can; what this one costs is what Next itself costs.
 */
export const dynamic = "force-dynamic";

export const GET = async () => Response.json({});
export const POST = async () => Response.json({});
