// The official client of graphql-transport-ws, for the test in ../../examples/graphql.
//
//     node client.mjs --url http://127.0.0.1:3000/graphql --tokens "<first> <second>"
//
// Alice places an order and subscribes to her orders with the first token. When the service ends the socket, the
// client connects again, with the second token. Prints what happened as JSON.
import { parseArgs } from 'node:util';
import { buildClientSchema, getIntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const { values } = parseArgs({ options: { url: { type: 'string' }, tokens: { type: 'string' } } });
const tokens = values.tokens.split(' ');
const story = { received: [], closed: [] };
let token;

async function post(query, headers) {
  const response = await fetch(values.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return [response.status, await response.text()];
}

async function place(item) {
  const [, answer] = await post(`mutation { placeOrder(item: "${item}") { item } }`, { authorization: `Bearer ${token}` });
  const { data, errors } = JSON.parse(answer);
  if (errors) throw new Error(answer);
  return data.placeOrder.item;
}

// A browser's WebSocket has no other place for the token.
class WithToken extends WebSocket {
  constructor(url, protocol) {
    token = tokens.shift();
    super(url, ['bearer', token, protocol]);
  }
}

story.withoutToken = (await post('{ orders { item } }', {}))[0];
token = tokens[0];
story.placed = await place('tea');
// As GraphiQL and code generators read the schema.
const [, introspected] = await post(getIntrospectionQuery(), { authorization: `Bearer ${token}` });
if (!JSON.parse(introspected).data) throw new Error(introspected);
story.fields = Object.keys(buildClientSchema(JSON.parse(introspected).data).getType('Order').getFields());
const client = createClient({
  url: values.url.replace('http', 'ws'),
  webSocketImpl: WithToken,
  retryWait: async () => {},
  on: { closed: ({ code, reason }) => code !== 1000 && story.closed.push(`${code} ${reason}`) },
});
const orders = client.iterate({ query: 'subscription { orders { item } }' });
for await (const { data, errors } of orders) {
  if (errors) throw new Error(JSON.stringify(errors));
  story.received.push(data.orders.item);
  // The first one is that of the start of the subscription.
  if (story.received.length === 1) console.log('subscribed');
  if (story.received.length === 2) await place('coffee');
  if (data.orders.item === 'coffee') break;
}
await client.dispose();
console.log(`story: ${JSON.stringify(story)}`);
