#!/usr/bin/env bash
# A product's whole life by AWS CLI.
# usage: client.sh AWS ENDPOINT
set -euo pipefail
aws=$1 endpoint=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export AWS_ACCESS_KEY_ID=333344445555 AWS_SECRET_ACCESS_KEY=simulated AWS_DEFAULT_REGION=us-east-1 AWS_PAGER= AWS_MAX_ATTEMPTS=1 AWS_EC2_METADATA_DISABLED=true

catalog() { local command=$1; shift; "$aws" --endpoint-url "$endpoint" --output json marketplace-catalog "$command" "$@"; }
control() { curl -sSf -X "$1" -H 'Content-Type: application/json' -d "$3" "$endpoint/_simulator/$2" >/dev/null; }
get() { python3 -c 'import json,sys; v=json.load(sys.stdin); print(eval(sys.argv[1]))' "$1"; }
same() { [ "$1" = "$2" ] || { echo "  got $1, want $2"; exit 1; }; }
start() { catalog start-change-set --catalog AWSMarketplace --change-set "$1" | get 'v["ChangeSetId"]'; }
status() { catalog describe-change-set --catalog AWSMarketplace --change-set-id "$1"; }
succeed() {
  local id; id=$(start "$1"); control POST advance "{\"seconds\": $((${2:-1} * 3600))}"
  status "$id" >"$work/set.json"; same "$(get 'v["Status"]' <"$work/set.json")" SUCCEEDED
}
refused() { # words, then the command
  local words=$1; shift
  if "$@" >"$work/out" 2>&1; then echo "  not refused: $words"; exit 1; fi
  grep -qF -- "$words" "$work/out" || { cat "$work/out"; exit 1; }
}
change() { python3 -c 'import json,sys; k,t,i,d=sys.argv[1:]; print(json.dumps([{"ChangeType":k,"Entity":{"Type":t,"Identifier":i},"Details":d}]))' "$@"; }

sed 's/111122223333/333344445555/g' "$here/life.json" >"$work/life.json"
for i in 0 1; do control PUT model-package "$(get "json.dumps(v['resources'][$i])" <"$work/life.json")"; done
succeed "$(get "json.dumps([dict({k: x for k, x in c.items() if k != 'DetailsDocument'}, Details=json.dumps(c['DetailsDocument'])) for c in v['publication']])" <"$work/life.json")"
product=$(get '[c["Entity"]["Identifier"].split("@")[0] for c in v["ChangeSet"] if c["ChangeType"] == "CreateProduct"][0]' <"$work/set.json")
offer=$(get '[c["Entity"]["Identifier"].split("@")[0] for c in v["ChangeSet"] if c["ChangeType"] == "CreateOffer"][0]' <"$work/set.json")
on_product() { change "$1" MachineLearningProduct@1.0 "$product" "$2"; }
echo "  published with 11 changes, by a third seller"

succeed "$(on_product UpdateVisibility '{"TargetVisibility": "Public"}')" 30
succeed "$(on_product AddDeliveryOptions "$(get 'json.dumps(v["version"])' <"$work/life.json")")"
option=$(catalog describe-entity --catalog AWSMarketplace --entity-id "$product" | get 'json.loads(v["Details"])["Versions"][0]["DeliveryOptions"][0]["Id"]')
succeed "$(on_product RestrictDeliveryOptions "{\"DeliveryOptionIds\": [\"$option\"]}")"
succeed "$(change UpdatePricingTerms Offer@1.0 "$offer" "$(get 'json.dumps(v["cheaper"])' <"$work/life.json")")"
echo "  signed off, second version, first one restricted, cheaper"

running=$(start "$(on_product UpdateInformation '{"Sku": "1"}')")
refused "entity: '$product'  change sets: $running." start "$(on_product UpdateInformation '{"Sku": "2"}')"
catalog cancel-change-set --catalog AWSMarketplace --change-set-id "$running" >/dev/null
same "$(status "$running" | get 'v["Status"]')" CANCELLED
refused "at least one member" start "$(change UpdateInformation Offer@1.0 "$offer" '{}')"
refused "(ResourceNotFoundException)" catalog describe-entity --catalog AWSMarketplace --entity-id prod-0000000000000
refused "Requested entity type 'Pamphlet' is invalid." catalog list-entities --catalog AWSMarketplace --entity-type Pamphlet
echo "  locked, cancelled, refused"

for i in 0 1 2; do start "[{\"ChangeType\": \"CreateProduct\", \"Entity\": {\"Type\": \"MachineLearningProduct@1.0\"}, \"Details\": \"{\\\"ProductTitle\\\": \\\"Draft $i\\\"}\"}]" >/dev/null; done
control POST advance '{"seconds": 3600}'
names= next=
while :; do
  catalog list-entities --no-paginate --catalog AWSMarketplace --entity-type MachineLearningProduct --sort SortBy=ProductTitle,SortOrder=ASCENDING \
    --max-results 2 ${next:+--next-token "$next"} >"$work/page.json"
  names+=$(get '"".join(e["Name"] + ";" for e in v["EntitySummaryList"])' <"$work/page.json")
  next=$(get 'v.get("NextToken") or ""' <"$work/page.json")
  [ -n "$next" ] || break
done
same "$names" "Demand forecast;Draft 0;Draft 1;Draft 2;"
same "$(catalog list-entities --catalog AWSMarketplace --entity-type Offer --filter-list "Name=ProductId,ValueList=$product" |
  get '[(e["EntityId"], e["Visibility"]) for e in v["EntitySummaryList"]]')" "[('$offer', 'Public')]"
arn=$(catalog describe-entity --catalog AWSMarketplace --entity-id "$product" | get 'v["EntityArn"]')
catalog tag-resource --resource-arn "$arn" --tags Key=team,Value=a Key=cost,Value=b
catalog untag-resource --resource-arn "$arn" --tag-keys cost
same "$(catalog list-tags-for-resource --resource-arn "$arn" | get 'v["Tags"]')" "[{'Key': 'team', 'Value': 'a'}]"
echo "  paged, sorted, filtered, tagged"
if catalog batch-describe-entities help >/dev/null 2>&1; then
  same "$(catalog batch-describe-entities --entity-request-list "Catalog=AWSMarketplace,EntityId=$product" "Catalog=AWSMarketplace,EntityId=prod-0000000000000" |
    get 'sorted(v["EntityDetails"]) + [e["ErrorCode"] for e in v["Errors"].values()]')" "['$product', 'ResourceNotFound']"
  echo "  read in a batch"
else
  echo "  not run: a batch, which this release does not know"
fi
succeed "$(on_product UpdateVisibility '{"TargetVisibility": "Restricted"}')" 30
echo "  removed; passed with $("$aws" --version 2>&1 | cut -d' ' -f1)"
