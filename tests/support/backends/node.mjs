/** A third-party service that trusts our access tokens: plain Node and jose. */
import { createServer } from "node:http";
import { createRemoteJWKSet, jwtVerify } from "jose";

const [issuer = "", jwksUrl = ""] = process.argv.slice(2);
const jwks = createRemoteJWKSet(new URL(jwksUrl));

const server = createServer(async (request, response) => {
  const [, token = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  try {
    const { payload } = await jwtVerify(token, jwks, {
      algorithms: ["ES256"],
      typ: "at+jwt",
      issuer,
      audience: issuer,
    });
    response.end(payload.sub);
  } catch {
    response.writeHead(401, { "WWW-Authenticate": "Bearer" }).end();
  }
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
