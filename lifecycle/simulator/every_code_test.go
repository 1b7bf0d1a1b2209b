package simulator_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/shelflife-go/shelflife/lifecycle/simulator"
)

// TestEveryCode injects each code of testdata/codes.txt into its change type, and reads it back over the wire.
// TestAsynchronousCodes has those that come of the simulator's own rules.
func TestEveryCode(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/codes.txt")
	require.NoError(t, err)
	base, product, offer := published(t, simulator.Config{})
	option := optionOf(base, product, 0)
	documents := map[string]string{
		"MachineLearningProduct CreateProduct":           `{}`,
		"MachineLearningProduct UpdateInformation":       `{"Sku":"F-2"}`,
		"MachineLearningProduct UpdateTargeting":         `{"PositiveTargeting":{"BuyerAccounts":["777788889999"]}}`,
		"MachineLearningProduct AddDeliveryOptions":      versionOf("2.0", packageV2),
		"MachineLearningProduct UpdateDeliveryOptions":   `{"Version":{"ReleaseNotes":"n"},"DeliveryOptions":[{"Id":"` + option + `"}]}`,
		"MachineLearningProduct RestrictDeliveryOptions": `{"DeliveryOptionIds":["` + option + `"]}`,
		"MachineLearningProduct ReleaseProduct":          `{}`,
		"MachineLearningProduct UpdateVisibility":        `{"TargetVisibility":"Public"}`,
		"Offer CreateOffer":                              `{"ProductId":"` + product + `"}`,
		"Offer UpdateInformation":                        `{"Name":"Another name"}`,
		"Offer UpdatePricingTerms":                       prices(m5batch, "0.40", m5real, "0.50"),
		"Offer UpdateLegalTerms":                         legal,
		"Offer UpdateSupportTerms":                       support,
		"Offer UpdateTargeting":                          `{"PositiveTargeting":{"CountryCodes":["US"]}}`,
		"Offer UpdateAvailability":                       `{"AvailabilityEndDate":"2027-01-31"}`,
		"Offer UpdateValidityTerms":                      `{"Terms":[{"Type":"ValidityTerm","AgreementDuration":"P30D"}]}`,
		"Offer UpdateRenewalTerms":                       `{"Terms":[{"Type":"RenewalTerm"}]}`,
		"Offer UpdatePaymentScheduleTerms":               `{"Terms":[{"Type":"PaymentScheduleTerm","CurrencyCode":"USD","Schedule":[{"ChargeDate":"2026-12-01","ChargeAmount":"1"}]}]}`,
		"Offer UpdateNetPaymentTerms":                    `{"Terms":[{"Type":"NetPaymentTerm","PaymentDuePeriod":"P30D"}]}`,
		"Offer ReleaseOffer":                             `{}`,
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	seen, proved := map[string]bool{}, 0
	for _, line := range lines {
		require.False(t, seen[line], "%s is there twice", line)
		seen[line] = true
		ok := t.Run(line, func(t *testing.T) {
			words := strings.Fields(line)
			require.Len(t, words, 3)
			entity, kind, code := words[0], words[1], words[2]
			document, known := documents[entity+" "+kind]
			require.True(t, known, "no document to try %s %s with", entity, kind)
			id := map[string]string{"MachineLearningProduct": product, "Offer": offer}[entity]
			if strings.HasPrefix(kind, "Create") {
				id = ""
			}
			fault := simulator.Fault{Kind: simulator.FailChange, ChangeType: kind, ErrorCode: code, Message: "About " + code}
			if code == "AUDIT_ERROR" {
				fault = simulator.Fault{Kind: simulator.RefuseReview, Message: "About " + code}
			}
			w := &world{t, base.sim, base.url}
			require.NoError(t, w.sim.Inject(fault))
			set := w.start(change(kind, entity+"@1.0", id, document))
			assert.Equal(t, "PREPARING", w.describe(set)["Status"], "it is not told at once")
			w.advance(48 * time.Hour)
			d := w.describe(set)
			assert.Equal(t, "FAILED", d["Status"])
			assert.Equal(t, "CLIENT_ERROR", d["FailureCode"])
			summary := d["ChangeSet"].([]any)[0].(map[string]any)
			assert.Equal(t, kind, summary["ChangeType"])
			assert.Contains(t, summary["ErrorDetailList"], map[string]any{"ErrorCode": code, "ErrorMessage": "About " + code})
		})
		if ok {
			proved++
		}
	}
	t.Logf("%d of %d pairs of change type and code", proved, len(lines))
	assert.Equal(t, len(lines), proved)
}

// TestInjectedServerFault has a change set fail for no fault of its changes.
func TestInjectedServerFault(t *testing.T) {
	t.Parallel()
	w, product, _ := published(t, simulator.Config{})
	require.NoError(t, w.sim.Inject(simulator.Fault{Kind: simulator.ServerFault, Message: "Submit again."}))
	d := w.settle(onProduct("UpdateInformation", product, `{"Sku":"F-2"}`))
	assert.Equal(t, "SERVER_FAULT", d["FailureCode"])
	assert.Equal(t, "Submit again.", d["FailureDescription"])
	assert.Empty(t, codes(d))
}
