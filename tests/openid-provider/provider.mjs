// A certified OpenID provider with a minimal configuration, for the tests in ../against_a_provider.
//
//     node provider.mjs --port 20123 --keys keys.json [--issuer URL]
//
// keys.json: [{ "kid", "alg", "pem" }, ..], private keys as PKCS #8. The first key of an algorithm signs,
// and all are published.
// Prints one line when it listens. Ends when its standard input is closed, so it ends with an aborted test.
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

// The provider warns that it runs without https, for tests, and on this version of node.
console.info = () => {};
console.warn = () => {};
process.removeAllListeners('warning');
const { default: Provider, errors } = await import('oidc-provider');

const { values } = parseArgs({
  options: { port: { type: 'string' }, keys: { type: 'string' }, issuer: { type: 'string' } },
});
const issuer = values.issuer ?? `http://127.0.0.1:${values.port}`;
const keys = JSON.parse(readFileSync(values.keys, 'utf8')).map(({ pem, ...names }) => ({
  ...createPrivateKey(pem).export({ format: 'jwk' }),
  ...names,
  use: 'sig',
}));

// A client and an audience are both called `orders`: a token for one must not be accepted for the other.
const client = (client_id, more) => ({
  client_id,
  client_secret: 'secret-of-a-test',
  grant_types: ['client_credentials', 'authorization_code'],
  response_types: ['code'],
  application_type: 'native',
  redirect_uris: ['http://127.0.0.1/done'],
  id_token_signed_response_alg: keys[0].alg,
  ...more,
});

const provider = new Provider(issuer, {
  jwks: { keys },
  // `introspector` is a service that introspects tokens. Its secret has characters that a form escapes.
  clients: [
    client('storefront'),
    client('orders', { userinfo_signed_response_alg: keys[0].alg }),
    client('introspector', { client_secret: 'a:secret+of a%test' }),
  ],
  scopes: ['openid', 'orders:read', 'orders:write'],
  cookies: { keys: ['a cookie of a test'] },
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
  interactions: { url: (_, { uid }) => `/interaction/${uid}` },
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    jwtUserinfo: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => false,
      // `urn:orders:ES256`: an access token for `orders`, signed with ES256; `urn:orders:opaque`: one that is not a JWT.
      getResourceServerInfo(_, indicator) {
        // An MCP server on this machine, by its URL.
        if (indicator.startsWith('http://127.0.0.1:')) {
          const jwt = { sign: { alg: keys[0].alg } };
          return { audience: indicator, scope: 'orders:read orders:write', accessTokenFormat: 'jwt', jwt };
        }
        const [scheme, audience, form] = indicator.split(':');
        if (scheme !== 'urn' || !form) throw new errors.InvalidTarget();
        const opaque = { accessTokenFormat: 'opaque' };
        const jwt = { accessTokenFormat: 'jwt', jwt: { sign: { alg: form } } };
        return {
          audience,
          scope: 'orders:read orders:write',
          accessTokenTTL: 300,
          ...(form === 'opaque' ? opaque : jwt),
        };
      },
    },
  },
});

// Consents to every request as Alice.
provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const grant = new provider.Grant({ accountId: 'alice', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  for (const resource of [params.resource ?? []].flat()) grant.addResourceScope(resource, params.scope);
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'alice' }, consent });
  ctx.respond = false;
});

provider.on('server_error', (_, error) => console.error(error));
provider.listen(Number(values.port), '127.0.0.1', () => console.log(`listening as ${issuer}`));
process.stdin.on('end', () => process.exit()).resume();
