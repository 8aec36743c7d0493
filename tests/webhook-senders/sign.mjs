// Signs a request with the library of its sender, and prints the headers as JSON:
// `node sign.mjs <sender> <secret> <id> <body>`.
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import Stripe from "stripe";
import { Webhook as Svix } from "svix";

const [sender, secret, id, body] = process.argv.slice(2);

const now = new Date();
const time = Math.floor(now.getTime() / 1000).toString();

const senders = {
  github: async () => ({ "x-hub-signature-256": await sign(secret, body) }),
  stripe: async () => ({
    "stripe-signature": new Stripe("sk_test_none").webhooks.generateTestHeaderString({ payload: body, secret }),
  }),
  standard: async () => ({
    "webhook-id": id,
    "webhook-timestamp": time,
    "webhook-signature": new Webhook(secret).sign(id, now, body),
  }),
  svix: async () => ({
    "svix-id": id,
    "svix-timestamp": time,
    "svix-signature": new Svix(secret).sign(id, now, body),
  }),
};

console.log(JSON.stringify(await senders[sender]()));
