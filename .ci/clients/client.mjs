// A product's whole life by AWS's SDK for JavaScript.
// usage: node client.mjs ENDPOINT
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import {
  MarketplaceCatalogClient, StartChangeSetCommand, DescribeChangeSetCommand, CancelChangeSetCommand, DescribeEntityCommand,
  BatchDescribeEntitiesCommand, TagResourceCommand, UntagResourceCommand, ListTagsForResourceCommand,
  paginateListEntities, paginateListChangeSets,
} from "@aws-sdk/client-marketplace-catalog";

const endpoint = process.argv[2];
const life = JSON.parse(readFileSync(new URL("life.json", import.meta.url)));
const Catalog = "AWSMarketplace";
const client = new MarketplaceCatalogClient({
  endpoint, region: "us-east-1", maxAttempts: 1, credentials: { accessKeyId: "simulated", secretAccessKey: "simulated" },
});
let steps = 0;
const done = (what) => { steps++; console.log(`  ${what}`); };

const control = async (method, path, body) => {
  const answer = await fetch(`${endpoint}/_simulator/${path}`, {
    method, body: body && JSON.stringify(body), headers: { "Content-Type": "application/json" },
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
};
const start = async (ChangeSet, more = {}) => (await client.send(new StartChangeSetCommand({ Catalog, ChangeSet, ...more }))).ChangeSetId;
const describe = (ChangeSetId) => client.send(new DescribeChangeSetCommand({ Catalog, ChangeSetId }));
const settle = async (ChangeSet, hours = 1) => {
  const id = await start(ChangeSet);
  await control("POST", "advance", { seconds: hours * 3600 });
  return describe(id);
};
const succeed = async (ChangeSet, hours) => {
  const set = await settle(ChangeSet, hours);
  assert.equal(set.Status, "SUCCEEDED", JSON.stringify(set));
  return set;
};
const refused = (promise, name, message) => assert.rejects(promise, (e) => {
  assert.equal(e.name, name, e.message);
  assert.match(e.message, message);
  return true;
});
const entity = async (EntityId) => client.send(new DescribeEntityCommand({ Catalog, EntityId }));
const on = (type, Identifier) => (ChangeType, DetailsDocument) => ({ ChangeType, Entity: { Type: type, Identifier }, DetailsDocument });
const list = async (input, pageSize) => {
  const found = [];
  for await (const page of paginateListEntities({ client, pageSize }, { Catalog, ...input })) {
    assert.ok(!pageSize || page.EntitySummaryList.length <= pageSize);
    found.push(...page.EntitySummaryList);
  }
  return found;
};

for (const r of life.resources) await control("PUT", "model-package", r);
const first = await succeed(life.publication);
const idOf = (type) => first.ChangeSet.find((c) => c.ChangeType === type).Entity.Identifier.split("@")[0];
const product = idOf("CreateProduct"), offer = idOf("CreateOffer");
const onProduct = on("MachineLearningProduct@1.0", product), onOffer = on("Offer@1.0", offer);
assert.equal(first.ChangeSet.find((c) => c.ChangeType === "CreateOffer").DetailsDocument.ProductId, product);
done("published with 11 changes");

let document = (await entity(product)).DetailsDocument;
assert.equal(document.Description.ProductState, "Active");
assert.equal(document.Description.Visibility, "Limited");
const legal = async () => (await entity(offer)).DetailsDocument.Terms.find((t) => t.Type === "LegalTerm").Documents[0].Url;
assert.notEqual(await legal(), await legal());
done("read");

await succeed([onProduct("UpdateVisibility", { TargetVisibility: "Public" })], 30);
await succeed([onProduct("AddDeliveryOptions", life.version)]);
document = (await entity(product)).DetailsDocument;
assert.deepEqual(document.Versions.map((v) => v.VersionTitle), ["1.0", "2.0"]);
await succeed([onProduct("RestrictDeliveryOptions", { DeliveryOptionIds: [document.Versions[0].DeliveryOptions[0].Id] })]);
await succeed([onOffer("UpdatePricingTerms", life.cheaper)]);
done("signed off, second version, first one restricted, cheaper");

const running = await start([onProduct("UpdateInformation", { Sku: "1" })], { ChangeSetName: "locks", ChangeSetTags: [{ Key: "team", Value: "a" }] });
await refused(start([onProduct("UpdateInformation", { Sku: "2" })]), "ResourceInUseException", new RegExp(`entity: '${product}'  change sets: ${running}\\.`));
await client.send(new CancelChangeSetCommand({ Catalog, ChangeSetId: running }));
assert.equal((await describe(running)).Status, "CANCELLED");
done("locked, then cancelled");

await refused(start([onProduct("RelaseProduct", {})]), "ValidationException", /is ReleaseProduct meant/);
await refused(start([on("AmiProduct@1.0", product)("UpdateInformation", {})]), "ValidationException", /machine learning products and their offers only/);
await refused(start([onOffer("UpdateInformation", {})]), "ValidationException", /at least one member/);
await refused(entity("prod-0000000000000"), "ResourceNotFoundException", /does not exist/);
await refused(list({ EntityType: "Pamphlet" }), "ValidationException", /Requested entity type 'Pamphlet' is invalid\./);
const failed = await settle([onProduct("UpdateInformation", { Categories: ["Nonsense"] })]);
assert.equal(failed.FailureCode, "CLIENT_ERROR");
assert.equal(failed.ChangeSet[0].ErrorDetailList[0].ErrorCode, "INVALID_CATEGORY_NAMES");
done("refused at once and later");

for (let i = 0; i < 5; i++) await start([{ ChangeType: "CreateProduct", Entity: { Type: "MachineLearningProduct@1.0" }, DetailsDocument: { ProductTitle: `Draft ${i}` } }]);
await control("POST", "advance", { seconds: 3600 });
const titles = (await list({ EntityType: "MachineLearningProduct", EntityTypeSort: { MachineLearningProductSort: { SortBy: "ProductTitle", SortOrder: "ASCENDING" } } }, 2))
  .map((e) => e.MachineLearningProductSummary.ProductTitle);
assert.deepEqual(titles, ["Demand forecast", "Draft 0", "Draft 1", "Draft 2", "Draft 3", "Draft 4"]);
const filtered = await list({
  EntityType: "MachineLearningProduct",
  EntityTypeFilters: { MachineLearningProductFilters: { ProductTitle: { WildCardValue: "raft 3" }, Visibility: { ValueList: ["Draft"] } } },
});
assert.equal(filtered.length, 1);
const offers = await list({ EntityType: "Offer", EntityTypeFilters: { OfferFilters: { ProductId: { ValueList: [product] }, CreatedBySource: { ValueList: ["Seller"] } } } });
assert.deepEqual(offers.map((o) => o.OfferSummary.CreatedBySource), ["Seller"]);
const sets = [];
for await (const page of paginateListChangeSets({ client, pageSize: 3 }, { Catalog, FilterList: [{ Name: "Status", ValueList: ["SUCCEEDED"] }] })) sets.push(...page.ChangeSetSummaryList);
assert.ok(sets.length >= 10, `${sets.length}`);
done("paged, sorted, filtered");

const ResourceArn = (await entity(product)).EntityArn;
await client.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: "team", Value: "a" }, { Key: "cost", Value: "b" }] }));
await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["cost"] }));
assert.deepEqual((await client.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags, [{ Key: "team", Value: "a" }]);
const batch = await client.send(new BatchDescribeEntitiesCommand({ EntityRequestList: [product, offer, "prod-0000000000000"].map((EntityId) => ({ Catalog, EntityId })) }));
assert.deepEqual(Object.keys(batch.EntityDetails).sort(), [offer, product].sort());
assert.equal(batch.Errors["prod-0000000000000"].ErrorCode, "ResourceNotFound");
done("tagged, read in a batch");

await succeed([onProduct("UpdateVisibility", { TargetVisibility: "Restricted" })], 30);
assert.equal((await entity(product)).DetailsDocument.Description.Visibility, "Restricted");
done("removed");
console.log(`  ${steps} steps passed`);
