// The official client of MCP, for the test in ../../examples/mcp. It knows only the URL of the server: it
// discovers the authorization server from the 401, signs Alice in, and calls tools.
//
//     node client.mjs --url http://127.0.0.1:3000/mcp --grants "orders:read"
//
// --grants: the scopes that Alice grants at first. Prints what happened as JSON.
import { parseArgs } from 'node:util';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { values } = parseArgs({ options: { url: { type: 'string' }, grants: { type: 'string' } } });
const redirectUrl = 'http://127.0.0.1/done';
const story = { asked: [] };
let tokens, verifier, code, discovered;
let grants = values.grants;

// Follows the redirects of the authorization server as the browser of Alice, until the code is there.
async function signIn(url) {
  story.asked.push(url.searchParams.get('scope'));
  // Alice grants less than the client asks for.
  if (grants) url.searchParams.set('scope', grants);
  grants = undefined;
  const cookies = [];
  for (let location = url; ; ) {
    const at = new URL(location, url);
    if (at.href.startsWith(redirectUrl)) return at.searchParams.get('code');
    const response = await fetch(at, { redirect: 'manual', headers: { cookie: cookies.join('; ') } });
    cookies.push(...response.headers.getSetCookie().map((cookie) => cookie.split(';')[0]));
    location = response.headers.get('location');
    if (!location) throw new Error(`no redirect: ${response.status}: ${await response.text()}`);
  }
}

const authProvider = {
  redirectUrl,
  clientMetadata: { client_name: 'a test', redirect_uris: [redirectUrl] },
  clientInformation: () => ({ client_id: 'storefront', client_secret: 'secret-of-a-test' }),
  tokens: () => tokens,
  saveTokens: (saved) => (tokens = saved),
  codeVerifier: () => verifier,
  saveCodeVerifier: (saved) => (verifier = saved),
  saveDiscoveryState: (state) => (discovered = state),
  async redirectToAuthorization(url) {
    code = await signIn(url);
  },
};

// Repeats the work after the sign-in that the server asked for.
async function signedIn(work) {
  for (let attempt = 0; ; attempt++) {
    const transport = new StreamableHTTPClientTransport(new URL(values.url), { authProvider });
    const client = new Client({ name: 'a test', version: '1.0.0' });
    try {
      await client.connect(transport);
      return await work(client);
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || attempt > 0) throw error;
      await transport.finishAuth(code);
    } finally {
      await client.close();
    }
  }
}

const text = (result) => result.content[0].text;
await signedIn(async (client) => {
  story.tools = (await client.listTools()).tools.map((tool) => tool.name);
  story.before = text(await client.callTool({ name: 'list_orders', arguments: {} }));
});
story.authorizationServer = discovered.authorizationServerUrl;
story.metadata = discovered.resourceMetadataUrl;
story.placed = await signedIn(async (client) =>
  text(await client.callTool({ name: 'place_order', arguments: { item: 'tea' } })),
);
story.after = await signedIn(async (client) => text(await client.callTool({ name: 'list_orders', arguments: {} })));
console.log(JSON.stringify(story));
