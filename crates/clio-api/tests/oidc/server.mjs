// An authorisation server that others wrote (npm's oidc-provider), at the paths that Clio has, for tests/it/oidc.rs.
//
//     node server.mjs FOLDER
//
// FOLDER holds node_modules. The server listens on any free loopback port, prints it, and ends when its input closes.
// One person is signed in and consents at once, unless the request for authorisation says `decision=decline`.

import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { createServer } from "node:http";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const modules = createRequire(join(resolve(process.argv[2]), "here"));
const { default: Provider } = await import(pathToFileURL(modules.resolve("oidc-provider")));

const client = {
  client_id: "key",
  client_secret: "s3cret",
  application_type: "native",
  grant_types: ["authorization_code", "refresh_token"],
  redirect_uris: ["http://127.0.0.1/callback"],
  token_endpoint_auth_method: "client_secret_post",
};

const server = createServer();
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const { port } = server.address();

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [client],
  clientAuthMethods: ["client_secret_post"],
  cookies: { keys: ["of this test"] },
  extraParams: ["decision"],
  features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  // Clio gives everybody a refresh token.
  issueRefreshToken: () => true,
  pkce: { required: () => true },
  rotateRefreshToken: () => true,
  routes: {
    authorization: "/oauth/authorize",
    token: "/oauth/token",
    revocation: "/oauth/deauthorize",
  },
  ttl: { AccessToken: 3, AuthorizationCode: 60, Grant: 600, Interaction: 60, RefreshToken: 600, Session: 600 },
});

provider.use(async (ctx, next) => {
  if (ctx.path.startsWith("/interaction/")) return consent(ctx);
  if (ctx.path === "/api/v4/users/who_am_i.json") return whoAmI(ctx);
  // Clio knows no scopes; this server wants one.
  if (ctx.path === "/oauth/authorize") ctx.query = { ...ctx.query, scope: "openid" };
  if (ctx.path === "/oauth/deauthorize") await deauthorizeAsClio(ctx);
  return next();
});

async function consent(ctx) {
  const { prompt, params, grantId } = await provider.interactionDetails(ctx.req, ctx.res);
  if (params.decision === "decline") {
    const declined = { error: "access_denied", error_description: "the person declined" };
    return provider.interactionFinished(ctx.req, ctx.res, declined);
  }
  if (prompt.name === "login") {
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: "ada" } });
  }
  const grant = (grantId && (await provider.Grant.find(grantId)))
    ?? new provider.Grant({ accountId: "ada", clientId: params.client_id });
  grant.addOIDCScope("openid");
  const result = { consent: { grantId: await grant.save() } };
  return provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true });
}

async function isAuthorised(ctx) {
  const [, bearer] = /^Bearer (.+)$/.exec(ctx.get("authorization")) ?? [];
  const token = bearer && (await provider.AccessToken.find(bearer));
  return token?.isValid ?? false;
}

async function whoAmI(ctx) {
  if (await isAuthorised(ctx)) {
    ctx.body = { data: { id: 9, etag: '"e"' } };
  } else {
    ctx.status = 401;
    ctx.body = { error: "invalid_token", error_description: "expired, revoked or unknown" };
  }
}

// Clio takes the access token itself as the proof of who asks; RFC 7009 wants the client's own.
async function deauthorizeAsClio(ctx) {
  if (!(await isAuthorised(ctx))) ctx.throw(401);
  const { token } = Object.fromEntries(new URLSearchParams(await text(ctx.req)));
  delete ctx.req.headers.authorization;
  ctx.req.body = { token, client_id: client.client_id, client_secret: client.client_secret };
}

server.on("request", provider.callback());
process.stdin.resume().on("end", () => process.exit());
console.log(port);
