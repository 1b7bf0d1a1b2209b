package simulator_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

func arnOf(kind, id string) string {
	return "arn:aws:aws-marketplace:us-east-1:" + seller + ":AWSMarketplace/" + kind + "/" + id
}

// tagged gives the tags of a resource as key=value, in the order of the answer.
func (w *world) tagged(arn string) []string {
	w.t.Helper()
	body := w.ok("POST", "/ListTagsForResource", fmt.Sprintf(`{"ResourceArn":%q}`, arn))
	require.Equal(w.t, arn, body["ResourceArn"])
	tags := []string{}
	for _, t := range body["Tags"].([]any) {
		m := t.(map[string]any)
		tags = append(tags, fmt.Sprint(m["Key"], "=", m["Value"]))
	}
	return tags
}

// withTags puts tags on a change, or on a whole change set.
func withTags(document, member, tags string) string {
	return strings.TrimSuffix(document, "}") + fmt.Sprintf(`,%q:%s}`, member, tags)
}

const twoTags = `[{"Key":"team:name","Value":"forecasts"},{"Key":"cost","Value":""}]`

func TestTagsStayOnWhatTheyWerePutOn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "state")
	w := newWorld(t, simulator.Config{Store: disk(file)}).resources()
	changes := publication(packageV1, prices(m5batch, "0.40", m5real, "0.50"))
	changes[0] = withTags(changes[0], "EntityTags", twoTags)
	changes[5] = withTags(changes[5], "EntityTags", `[{"Key":"only","Value":"the offer"}]`)
	body := withTags(changeSet(changes...), "ChangeSetTags", `[{"Key":"z","Value":"1"},{"Key":"a","Value":"2"}]`)
	id := w.ok("POST", "/StartChangeSet", body)["ChangeSetId"].(string)
	assert.Equal(t, []string{"a=2", "z=1"}, w.tagged(arnOf("ChangeSet", id)), "from the start")

	w.advance(48 * time.Hour)
	product, offer := ids(w.describe(id))
	assert.Equal(t, []string{"cost=", "team:name=forecasts"}, w.tagged(arnOf("MachineLearningProduct", product)))
	assert.Equal(t, []string{"only=the offer"}, w.tagged(arnOf("Offer", offer)))
	assert.NotContains(t, w.document(product), "Tags")

	w.done(onProduct("UpdateInformation", product, `{"Sku":"F-2"}`))
	assert.Len(t, w.tagged(arnOf("MachineLearningProduct", product)), 2, "a change leaves them")

	reopened := newWorld(t, simulator.Config{Store: disk(file)})
	assert.Equal(t, []string{"a=2", "z=1"}, reopened.tagged(arnOf("ChangeSet", id)))
	assert.Equal(t, []string{"only=the offer"}, reopened.tagged(arnOf("Offer", offer)))

	reopened.advance(60 * 24 * time.Hour)
	reopened.refused("POST", "/ListTagsForResource", fmt.Sprintf(`{"ResourceArn":%q}`, arnOf("ChangeSet", id)), 404, "ResourceNotFoundException")
	assert.Equal(t, []string{"only=the offer"}, reopened.tagged(arnOf("Offer", offer)), "entities are never forgotten")
}

func TestTagsOfWhatWasNeverMadeAreNowhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, simulator.Config{})
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ServerFault}))
	out := w.settle(withTags(draft, "EntityTags", twoTags))
	require.Equal(t, "FAILED", out["Status"])
	product, _ := ids(w.done(draft))
	assert.Empty(t, w.tagged(arnOf("MachineLearningProduct", product)))
}

func TestTaggingAndUntagging(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	arn := arnOf("MachineLearningProduct", product)
	tag := func(tags string) string { return fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, tags) }
	untag := func(keys string) string { return fmt.Sprintf(`{"ResourceArn":%q,"TagKeys":%s}`, arn, keys) }
	assert.Empty(t, w.ok("POST", "/TagResource", tag(twoTags)))
	assert.Empty(t, w.ok("POST", "/TagResource", tag(`[{"Key":"cost","Value":"high"},{"Key":"a","Value":"ä"}]`)))
	assert.Equal(t, []string{"a=ä", "cost=high", "team:name=forecasts"}, w.tagged(arn))
	assert.Empty(t, w.ok("POST", "/UntagResource", untag(`["cost","never there"]`)))
	assert.Equal(t, []string{"a=ä", "team:name=forecasts"}, w.tagged(arn))
	revision := w.ok("GET", "/DescribeEntity?catalog=AWSMarketplace&entityId="+product, "")["EntityIdentifier"]
	assert.Equal(t, product+"@1", revision, "tags are no change of the product")

	id := w.start(onProduct("UpdateInformation", product, `{"Sku":"F-2"}`))
	w.ok("POST", "/TagResource", tag(`[{"Key":"held","Value":"too"}]`))
	assert.Contains(t, w.tagged(arn), "held=too")
	assert.Empty(t, w.tagged(arnOf("ChangeSet", id)))
}

func TestBadTagsAreRefused(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	arn := arnOf("MachineLearningProduct", product)
	many := func(n int) string {
		var tags []string
		for i := range n {
			tags = append(tags, fmt.Sprintf(`{"Key":"k%d","Value":""}`, i))
		}
		return "[" + strings.Join(tags, ",") + "]"
	}
	for name, tags := range map[string]string{
		"none": `[]`, "no key": `[{"Key":"","Value":""}]`, "no value": `[{"Key":"a"}]`, "long key": `[{"Key":"` + strings.Repeat("k", 129) + `","Value":""}]`,
		"long value": `[{"Key":"a","Value":"` + strings.Repeat("v", 257) + `"}]`, "letters": `[{"Key":"<a>","Value":""}]`,
		"twice": `[{"Key":"a","Value":"1"},{"Key":"a","Value":"2"}]`, "too many": many(51),
	} {
		t.Run(name, func(t *testing.T) {
			for path, body := range map[string]string{
				"/TagResource":    fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, tags),
				"/StartChangeSet": withTags(changeSet(draft), "ChangeSetTags", tags),
			} {
				w.refused("POST", path, body, 422, "ValidationException")
			}
			w.refused("POST", "/StartChangeSet", changeSet(withTags(draft, "EntityTags", tags)), 422, "ValidationException")
		})
	}
	w.refused("POST", "/StartChangeSet", changeSet(withTags(onProduct("UpdateInformation", product, `{"Sku":"1"}`), "EntityTags", twoTags)), 422, "ValidationException")
	w.ok("POST", "/TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, many(50)))
	w.ok("POST", "/TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, many(50)))
	w.refused("POST", "/TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, twoTags), 422, "ValidationException")
	assert.Len(t, w.tagged(arn), 50)
}

func TestTagsAreOfWhatIsThere(t *testing.T) {
	t.Parallel()
	w, product, offer := published(t, simulator.Config{})
	for arn, want := range map[string]string{
		arnOf("Offer", product):                                           "ResourceNotFoundException",
		arnOf("MachineLearningProduct", offer):                            "ResourceNotFoundException",
		arnOf("MachineLearningProduct", "prod-other"):                     "ResourceNotFoundException",
		arnOf("ChangeSet", strings.Repeat("a", 25)):                       "ResourceNotFoundException",
		strings.Replace(arnOf("Offer", offer), seller, "444455556666", 1): "AccessDeniedException",
		"arn:aws:aws-marketplace:us-east-1:111122223333:Other/Offer/x":    "ValidationException",
		"offer": "ValidationException",
		"":      "ValidationException",
	} {
		status := map[string]int{"ResourceNotFoundException": 404, "AccessDeniedException": 403, "ValidationException": 422}[want]
		w.refused("POST", "/ListTagsForResource", fmt.Sprintf(`{"ResourceArn":%q}`, arn), status, want)
		w.refused("POST", "/TagResource", fmt.Sprintf(`{"ResourceArn":%q,"Tags":%s}`, arn, twoTags), status, want)
		w.refused("POST", "/UntagResource", fmt.Sprintf(`{"ResourceArn":%q,"TagKeys":["a"]}`, arn), status, want)
	}
}
