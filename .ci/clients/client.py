"""A product's whole life by boto3. Old releases know Details only, so that is what is sent.

usage: python3 client.py ENDPOINT
"""
import json
import pathlib
import sys
import urllib.request

import boto3
import botocore
from botocore.exceptions import ClientError

endpoint = sys.argv[1]
life = json.loads(pathlib.Path(__file__).with_name("life.json").read_text())
catalog = boto3.client("marketplace-catalog", endpoint_url=endpoint, region_name="us-east-1",
                       aws_access_key_id="222233334444", aws_secret_access_key="simulated")
CATALOG = {"Catalog": "AWSMarketplace"}
steps = []


def done(what):
    steps.append(what)
    print("  " + what)


def control(method, path, body):
    request = urllib.request.Request(endpoint + "/_simulator/" + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def ours(value):
    """The seller of this life is another one than that of the other clients."""
    return json.loads(json.dumps(value).replace("111122223333", "222233334444"))


def change(kind, entity_type, identifier, document, name=None):
    out = {"ChangeType": kind, "Entity": {"Type": entity_type}, "Details": json.dumps(document)}
    if identifier:
        out["Entity"]["Identifier"] = identifier
    if name:
        out["ChangeName"] = name
    return out


def start(*changes, **more):
    return catalog.start_change_set(ChangeSet=list(changes), **CATALOG, **more)["ChangeSetId"]


def describe(change_set):
    return catalog.describe_change_set(ChangeSetId=change_set, **CATALOG)


def settle(*changes, hours=1):
    change_set = start(*changes)
    control("POST", "advance", {"seconds": hours * 3600})
    return describe(change_set)


def succeed(*changes, hours=1):
    out = settle(*changes, hours=hours)
    assert out["Status"] == "SUCCEEDED", out
    return out


def refused(call, code, words):
    try:
        call()
    except ClientError as e:
        assert e.response["Error"]["Code"] == code, e
        assert words in str(e), e
        return
    raise AssertionError("not refused: " + code)


def document(entity):
    return json.loads(catalog.describe_entity(EntityId=entity, **CATALOG)["Details"])


for resource in life["resources"]:
    control("PUT", "model-package", ours(resource))
first = succeed(*[change(c["ChangeType"], c["Entity"]["Type"], c["Entity"].get("Identifier"), ours(c["DetailsDocument"]), c.get("ChangeName"))
                  for c in life["publication"]])
found = {c["ChangeType"]: c["Entity"]["Identifier"].split("@")[0] for c in first["ChangeSet"] if c["ChangeType"].startswith("Create")}
product, offer = found["CreateProduct"], found["CreateOffer"]


def on_product(kind, details):
    return change(kind, "MachineLearningProduct@1.0", product, ours(details))


def on_offer(kind, details):
    return change(kind, "Offer@1.0", offer, details)


done("published with 11 changes, by a second seller")
assert document(product)["Description"]["ProductState"] == "Active"
succeed(on_product("UpdateVisibility", {"TargetVisibility": "Public"}), hours=30)
succeed(on_product("AddDeliveryOptions", life["version"]))
option = document(product)["Versions"][0]["DeliveryOptions"][0]["Id"]
succeed(on_product("RestrictDeliveryOptions", {"DeliveryOptionIds": [option]}))
succeed(on_offer("UpdatePricingTerms", life["cheaper"]))
done("signed off, second version, first one restricted, cheaper")

running = start(on_product("UpdateInformation", {"Sku": "1"}))
refused(lambda: start(on_product("UpdateInformation", {"Sku": "2"})), "ResourceInUseException",
        "Requested change set has entities locked by change sets - entity: '%s'  change sets: %s." % (product, running))
catalog.cancel_change_set(ChangeSetId=running, **CATALOG)
assert describe(running)["Status"] == "CANCELLED"
refused(lambda: start(on_offer("UpdateInformation", {})), "ValidationException", "at least one member")
refused(lambda: catalog.describe_entity(EntityId="prod-0000000000000", **CATALOG), "ResourceNotFoundException", "does not exist")
refused(lambda: catalog.list_entities(EntityType="Pamphlet", **CATALOG), "ValidationException", "Requested entity type 'Pamphlet' is invalid.")
assert settle(on_product("UpdateInformation", {"Categories": ["Nonsense"]}))["FailureDescription"].startswith("Change set preparation has failed")
done("locked, cancelled, refused")

for i in range(5):
    start(change("CreateProduct", "MachineLearningProduct@1.0", None, {"ProductTitle": "Draft %d" % i}))
control("POST", "advance", {"seconds": 3600})
titles, token = [], {}
while True:
    page = catalog.list_entities(EntityType="MachineLearningProduct", MaxResults=2, Sort={"SortBy": "ProductTitle", "SortOrder": "ASCENDING"}, **CATALOG, **token)
    titles += [(e["Name"], e["Visibility"]) for e in page["EntitySummaryList"]]
    if not page.get("NextToken"):
        break
    token = {"NextToken": page["NextToken"]}
assert titles == [("Demand forecast", "Public")] + [("Draft %d" % i, "Draft") for i in range(5)], titles
listed = catalog.list_entities(EntityType="Offer", FilterList=[{"Name": "ProductId", "ValueList": [product]}], **CATALOG)["EntitySummaryList"]
assert [(e["EntityId"], e["Visibility"]) for e in listed] == [(offer, "Public")]  # AWS's own sample reads Visibility
sets = catalog.list_change_sets(FilterList=[{"Name": "Status", "ValueList": ["CANCELLED"]}], **CATALOG)["ChangeSetSummaryList"]
assert [s["ChangeSetId"] for s in sets] == [running]
arn = catalog.describe_entity(EntityId=product, **CATALOG)["EntityArn"]
catalog.tag_resource(ResourceArn=arn, Tags=[{"Key": "team", "Value": "a"}, {"Key": "cost", "Value": "b"}])
catalog.untag_resource(ResourceArn=arn, TagKeys=["cost"])
assert catalog.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "a"}]
done("paged, sorted, filtered, tagged")
if hasattr(catalog, "batch_describe_entities"):
    batch = catalog.batch_describe_entities(EntityRequestList=[dict(CATALOG, EntityId=i) for i in (product, "prod-0000000000000")])
    assert list(batch["EntityDetails"]) == [product] and batch["Errors"]["prod-0000000000000"]["ErrorCode"] == "ResourceNotFound"
    done("read in a batch")
else:
    print("  not run: a batch, which boto3 %s does not know" % boto3.__version__)
succeed(on_product("UpdateVisibility", {"TargetVisibility": "Restricted"}), hours=30)
done("removed")
print("  %d steps passed with boto3 %s" % (len(steps), boto3.__version__))
