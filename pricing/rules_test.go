package pricing_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/internal/rulestest"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/pricing"
	"github.com/shelflife-go/shelflife/pricing/metering"
)

const instance = lifecycletest.Instance

// hourly returns an offer by the hour that breaks no rule.
func hourly() pricing.Offer { return *lifecycletest.ModelPackage().Offer }

func free(o *pricing.Offer) {
	o.Model, o.Rates, o.TrialDays = pricing.Free, nil, 0
}

func perInference(o *pricing.Offer) {
	*o = *lifecycletest.Algorithm().Offer
}

func trial(days int) func(*pricing.Offer) {
	return func(o *pricing.Offer) { o.TrialDays = days }
}

func refund(policy string) func(*pricing.Offer) {
	return func(o *pricing.Offer) { o.RefundPolicy = policy }
}

func eula(standard bool, url string) func(*pricing.Offer) {
	return func(o *pricing.Offer) { o.EULA = pricing.EULA{Standard: standard, URL: url} }
}

// after applies several edits.
func after(edits ...func(*pricing.Offer)) func(*pricing.Offer) {
	return func(o *pricing.Offer) {
		for _, edit := range edits {
			edit(o)
		}
	}
}

// ruleCase is an edit of an offer without fault. It breaks the rule at paths,
// or not at all.
type ruleCase struct {
	rule  rule.Rule
	name  string
	edit  func(*pricing.Offer)
	paths []string
}

var ruleCases = []ruleCase{
	{pricing.RulePresent, "no model", func(o *pricing.Offer) { o.Model = "" }, []string{"model"}},
	{pricing.RulePresent, "model nobody knows", func(o *pricing.Offer) { o.Model = "Hourly" }, []string{"model"}},
	{pricing.RulePresent, "free", free, nil},
	{pricing.RulePresent, "hourly", func(*pricing.Offer) {}, nil},
	{pricing.RulePresent, "per inference", perInference, nil},

	{pricing.RuleNamed, "150 characters", func(o *pricing.Offer) { o.Name = strings.Repeat("é", 150) }, nil},
	{pricing.RuleNamed, "151 characters", func(o *pricing.Offer) { o.Name = strings.Repeat("é", 151) }, []string{"name"}},
	{pricing.RuleNamed, "no name", func(o *pricing.Offer) { o.Name = "" }, []string{"name"}},
	{pricing.RuleNamed, "backslash", func(o *pricing.Offer) { o.Name = `a\b` }, []string{"name"}},
	{pricing.RuleNamed, "angle brackets", func(o *pricing.Offer) { o.Name = "<b>" }, []string{"name"}},
	{pricing.RuleNamed, "name after a blank", func(o *pricing.Offer) { o.Name = " a" }, []string{"name"}},
	{pricing.RuleNamed, "other signs", func(o *pricing.Offer) { o.Name = `a/b "c" & (d)` }, nil},
	{pricing.RuleNamed, "description of 255", func(o *pricing.Offer) { o.Description = strings.Repeat("é", 255) }, nil},
	{pricing.RuleNamed, "description of 256", func(o *pricing.Offer) { o.Description = strings.Repeat("é", 256) }, []string{"description"}},
	{pricing.RuleNamed, "no description", func(o *pricing.Offer) { o.Description = "" }, []string{"description"}},

	{pricing.RuleRefundPolicy, "500 characters", refund(strings.Repeat("©", 500)), nil},
	{pricing.RuleRefundPolicy, "501 characters", refund(strings.Repeat("©", 501)), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "none", refund(""), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "blank in front", refund(" None."), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "blank behind", refund("None. "), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "line feed behind", refund("None.\n"), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "line feed inside", refund("None.\nAt all."), nil},
	{pricing.RuleRefundPolicy, "first and last of ASCII", refund("! 'straight' \"quotes\" ~"), nil},
	{pricing.RuleRefundPolicy, "all signs taken", refund("a©®™¢£¤¥"), nil},
	{pricing.RuleRefundPolicy, "first after ASCII", refund("a\x7f"), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "first before the signs", refund("a¡"), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "first after the signs", refund("a¦"), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "typographic quotes", refund("“None”"), []string{"refundPolicy"}},
	{pricing.RuleRefundPolicy, "dash", refund("None – at all"), []string{"refundPolicy"}},

	{pricing.RuleEULA, "none", eula(false, ""), []string{"eula"}},
	{pricing.RuleEULA, "both", eula(true, "https://example.com/eula.txt"), []string{"eula"}},
	{pricing.RuleEULA, "standard", eula(true, ""), nil},
	{pricing.RuleEULA, "own", eula(false, "https://example.com/eula.txt"), nil},
	{pricing.RuleEULA, "not https", eula(false, "http://example.com/eula.txt"), []string{"eula.url"}},
	{pricing.RuleEULA, "32,000 characters", eula(false, "https://example.com/"+strings.Repeat("a", 32_000-20)), nil},
	{pricing.RuleEULA, "32,001 characters", eula(false, "https://example.com/"+strings.Repeat("a", 32_001-20)), []string{"eula.url"}},

	{pricing.RuleFreeHasNoRates, "no rates", free, nil},
	{pricing.RuleFreeHasNoRates, "rates of nothing", after(free, func(o *pricing.Offer) {
		o.Rates = pricing.RateCard{pricing.Batch(instance): {}, pricing.PerInference: {}}
	}), nil},
	{pricing.RuleFreeHasNoRates, "the least price", after(free, func(o *pricing.Offer) {
		o.Rates = pricing.RateCard{pricing.Batch(instance): pricing.MustUSD("0.00000001"), pricing.RealTime(instance): {}}
	}), []string{`rates["ml.m5.large.m.i.b"]`}},
	{pricing.RuleFreeHasNoRates, "two prices", after(free, func(o *pricing.Offer) {
		o.Rates = pricing.RateCard{pricing.RealTime(instance): pricing.MustUSD("1"), pricing.PerInference: pricing.MustUSD("1")}
	}), []string{`rates["inference.count.m.i.c"]`, `rates["ml.m5.large.m.i.r"]`}},
	{pricing.RuleFreeHasNoRates, "trial", after(free, trial(14)), []string{"trialDays"}},

	{pricing.RuleBatchIsHourly, "hourly without", func(o *pricing.Offer) { delete(o.Rates, pricing.Batch(instance)) }, []string{"rates"}},
	{pricing.RuleBatchIsHourly, "per inference without", after(perInference, func(o *pricing.Offer) { delete(o.Rates, pricing.Batch(instance)) }), []string{"rates"}},
	{pricing.RuleBatchIsHourly, "hourly for nothing", func(o *pricing.Offer) { o.Rates[pricing.Batch(instance)] = pricing.USD{} }, nil},
	{pricing.RuleBatchIsHourly, "per inference with", perInference, nil},
	{pricing.RuleBatchIsHourly, "free without", free, nil},

	{pricing.RuleInferenceRate, "without price", after(perInference, func(o *pricing.Offer) { delete(o.Rates, pricing.PerInference) }), []string{"rates"}},
	{pricing.RuleInferenceRate, "with hourly real-time prices", after(perInference, func(o *pricing.Offer) {
		o.Rates[pricing.RealTime("ml.m5.large")] = pricing.USD{}
		o.Rates[pricing.RealTime("ml.m10.large")] = pricing.USD{}
	}), []string{`rates["ml.m5.large.m.i.r"]`, `rates["ml.m10.large.m.i.r"]`}},
	{pricing.RuleInferenceRate, "hourly and per inference", func(o *pricing.Offer) { o.Rates[pricing.PerInference] = pricing.USD{} }, []string{`rates["inference.count.m.i.c"]`}},
	{pricing.RuleInferenceRate, "hourly without real-time", func(o *pricing.Offer) { delete(o.Rates, pricing.RealTime(instance)) }, []string{"rates"}},
	{pricing.RuleInferenceRate, "per inference", perInference, nil},
	{pricing.RuleInferenceRate, "hourly", func(*pricing.Offer) {}, nil},

	{pricing.RuleDimension, "no instance type", func(o *pricing.Offer) { o.Rates[pricing.Batch("")] = pricing.USD{} }, []string{`rates[".m.i.b"]`}},
	{pricing.RuleDimension, "an instance type", func(o *pricing.Offer) { o.Rates[pricing.Batch("ml.c5.large")] = pricing.USD{} }, nil},
	{pricing.RuleTrialDays, "4 days", trial(4), []string{"trialDays"}},
	{pricing.RuleTrialDays, "5 days", trial(5), nil},
	{pricing.RuleTrialDays, "31 days", trial(31), nil},
	{pricing.RuleTrialDays, "32 days", trial(32), []string{"trialDays"}},
	{pricing.RuleTrialDays, "120 days, as in 2022", trial(120), []string{"trialDays"}},
	{pricing.RuleTrialDays, "a day less than none", trial(-1), []string{"trialDays"}},
	{pricing.RuleTrialDays, "none", trial(0), nil},

	{pricing.RuleTrialRecommended, "none", trial(0), []string{"trialDays"}},
	{pricing.RuleTrialRecommended, "13 days", trial(13), []string{"trialDays"}},
	{pricing.RuleTrialRecommended, "14 days", trial(14), nil},
	{pricing.RuleTrialRecommended, "30 days", trial(30), nil},
	{pricing.RuleTrialRecommended, "31 days", trial(31), []string{"trialDays"}},
	{pricing.RuleTrialRecommended, "none, free", free, nil},
	{pricing.RuleTrialRecommended, "none, per inference", perInference, nil},
	{pricing.RuleTrialRecommended, "13 days, per inference", func(o *pricing.Offer) { perInference(o); o.TrialDays = 13 }, []string{"trialDays"}},
}

func TestEveryRuleAtItsBoundary(t *testing.T) {
	t.Parallel()
	found := pricing.Check(hourly())
	require.Equal(t, rule.Findings{}, found, "the model offer is to break no rule")

	var cases rulestest.Cases
	for _, tc := range ruleCases {
		cases.Add(tc.rule, tc.paths)
		t.Run(tc.rule.ID+"/"+tc.name, func(t *testing.T) {
			t.Parallel()
			o := hourly()
			tc.edit(&o)
			rulestest.Finds(t, pricing.Check(o), tc.rule, tc.paths)
		})
	}
	// TestParseUSDAtItsBoundary, TestCheckEULA and the tests of package metering
	// are about these.
	cases.Cover(t, pricing.Rules(), pricing.RuleExact, pricing.RuleEULAPlainText, metering.RuleHeader)
}

func TestRulesAreWhole(t *testing.T) {
	t.Parallel()
	rulestest.Whole(t, pricing.Rules, `^[a-z]+\.[a-z0-9-]+$`)
}

func TestAnEmptyOfferIsToldEverything(t *testing.T) {
	t.Parallel()
	found := pricing.Check(pricing.Offer{})
	assert.Equal(t, []rule.Rule{pricing.RuleNamed, pricing.RuleEULA, pricing.RulePresent, pricing.RuleRefundPolicy}, found.Violations.Rules())
	assert.Len(t, found.Violations, 5)
	assert.Empty(t, found.Advice)
}

func TestBothTrialRulesSpeakAtOnce(t *testing.T) {
	t.Parallel()
	o := hourly()
	perInference(&o)
	o.TrialDays = 120
	assert.Equal(t, []rule.Rule{pricing.RuleTrialDays}, pricing.Check(o).Violations.Rules())
}

func TestEachCharacterThatIsNotTaken(t *testing.T) {
	for _, c := range []string{`\`, "<", ">"} {
		o := hourly()
		o.Name = "Name" + c
		lifecycletest.RequireRefused(t, pricing.Check(o).Err(), pricing.RuleNamed)
	}
	for _, c := range []string{" ", "\t", "\r", "\n"} {
		o := hourly()
		o.RefundPolicy = "None." + c
		lifecycletest.RequireRefused(t, pricing.Check(o).Err(), pricing.RuleRefundPolicy)
	}
}

// A contract that comes over plain http is refused for its own reason.
func TestPlainContract(t *testing.T) {
	t.Parallel()
	o := hourly()
	o.EULA = pricing.EULA{URL: "HTTP://example.com/eula.txt"}
	found := pricing.Check(o).Violations
	require.Len(t, found, 1)
	assert.Equal(t, "give its https address", found[0].Remedy)
}

// A trial of a free offer is reported by one rule only.
func TestTrialOfAFreeOffer(t *testing.T) {
	t.Parallel()
	o := hourly()
	free(&o)
	o.TrialDays = 13
	found := pricing.Check(o)
	assert.Equal(t, []rule.Rule{pricing.RuleFreeHasNoRates}, append(found.Violations.Rules(), found.Advice.Rules()...))
}
