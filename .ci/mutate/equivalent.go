package main

// equivalents are faults that no test can notice, because every listing is
// judged as before and everybody told the same, each with the reason.
var equivalents = map[string]string{
	"version/check.go RuleUnversionedPackage: err == nil && p.Versioned → p.Versioned":                                noParts,
	"version/check.go RuleRecommendedTraining: err == nil && parts.Kind == ModelPackage → parts.Kind == ModelPackage": noParts,
	"version/check.go RuleRecommendedTraining: err == nil && parts.Kind == Algorithm → parts.Kind == Algorithm":       noParts,
	"version/check.go checkTraining: err != nil → false":                                                              noParts,

	"version/account.go Remedy: len(a) < 12 → len(a) <= 12": "twelve digits are a valid id, which has no remedy",

	"pricing/usd.go perUSD: 100_000_000 → 100000001": "the unit of amounts is seen by nobody, and any unit from the eighth decimal down is exact",

	"listing/check.go checkTrainingRates: l.Offer == nil || !l.Kind.Valid() → l.Offer == nil": "a kind that is not valid is neither of the two that are asked for below",

	"listing/check_change.go placesOf: supposed < len(l.Versions) && l.Versions[supposed].Number == number → false": "the map finds it, too; it saves the map",
	"listing/check_text.go judgeText: ordinary(text) → false":                                                       "the rules find nothing in an ordinary text either; it saves the time",

	"listing/rule/text.go OptionalText: value != \"\" && unicode.IsSpace(first) → unicode.IsSpace(first)": "the first rune of an empty text is no white space",
	"listing/rule/read.go invisible: c <= unicode.MaxASCII → false":                                       sameOfASCII,
	"listing/rule/read.go invisible: c <= unicode.MaxASCII → c < unicode.MaxASCII":                        sameOfASCII,
	"listing/rule/text.go Unique: len(values) > few → false":                                              fewOrMany,
	"listing/rule/text.go Unique: len(values) > few → len(values) >= few":                                 fewOrMany,
	"listing/rule/text.go few: 16 → 17":                                                                   fewOrMany,
	"listing/rule/text.go few: 16 → 15":                                                                   fewOrMany,
	"listing/rule/text.go Plain: c > unicode.MaxASCII → c >= unicode.MaxASCII":                            "no address with the character U+007F is parsed",

	"lifecycle/cmd/shelflife/internal/folder/files.go Replace: err != nil → false (3)":                                                   noFailure,
	"lifecycle/cmd/shelflife/internal/folder/files.go Replace: err != nil → false (4)":                                                   noFailure,
	"lifecycle/cmd/shelflife/internal/folder/manifest.go Read: err != nil → false (4)":                                                   noFailure,
	"lifecycle/cmd/shelflife/internal/folder/manifest.go readFile: err != nil → false (2)":                                               noFailure,
	"lifecycle/cmd/shelflife/internal/folder/manifest.go readFile: err != nil → false (3)":                                               noFailure,
	"lifecycle/cmd/shelflife/internal/folder/manifest.go Find: err != nil → false (2)":                                                   noFailure,
	"lifecycle/cmd/shelflife/internal/folder/manifest.go Find: err == nil && len(found) == 0 → len(found) == 0":                          noFailure,
	"lifecycle/cmd/shelflife/internal/folder/format.go FormatYAML: err != nil || !reflect.DeepEqual(one, other) → err != nil":            "no document is known that the formatter changes; it is the last guard",
	"lifecycle/cmd/shelflife/internal/folder/format.go begins: i > 0 → i > 1":                                                            "above a comment in the first line nothing is blank",
	"lifecycle/cmd/shelflife/internal/folder/write.go Files: failed != nil || !bytes.Equal(data, written) → !bytes.Equal(data, written)": "what fails is not written equally either",
	"lifecycle/cmd/shelflife/internal/folder/yaml.go yamlLine: drops ^ at 1 of `^yaml: (?:line (\\d+): )?`":                              yamlError,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go parseYAML: found != nil && found[1] != \"\" → found[1] != \"\"":                     yamlError,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go maxDepth: 50 → 51":                                                                  farBound,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go maxDepth: 50 → 49":                                                                  farBound,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go say: len(c.faults) < document.MaxFaults → len(c.faults) <= document.MaxFaults":      farBound,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go value: c.values > document.MaxValues → c.values >= document.MaxValues":              farBound,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go value: c.out.Len() > document.MaxSize → c.out.Len() >= document.MaxSize":            farBound,
	"lifecycle/cmd/shelflife/internal/folder/yaml.go value: depth > maxDepth → depth >= maxDepth":                                        farBound,

	"lifecycle/console/follow.go follow: v.fresh && one.at != nil → v.fresh":                    "a reader that begins looks at once anyway",
	"lifecycle/console/follow.go follow: !one.reading && f.ctx.Err() == nil → !one.reading":     "a reader that begins after the end ends at once",
	"lifecycle/console/act.go do: err != nil → false (5)":                                       "without a command nothing is done, and the plan that is shown instead says what makes no sense",
	"lifecycle/console/follow.go once: !f.reading → false":                                      "who comes back is told that something changed, or what",
	"lifecycle/console/preview.go WritePreview: err != nil → false":                             "the pages can always be made of what they get",
	"lifecycle/console/preview.go preview: err != nil → false (2)":                              "the pages can always be made of what they get",
	"lifecycle/console/secure.go ownForm: !q.mayAct() || crossOrigin(q.r) → crossOrigin(q.r)":   "who may not act has no command to give; it is a second lock",
	"lifecycle/console/text.go spell: 0 → 1":                                                    "a nanosecond is no second",
	"lifecycle/record_answer.go knownOptions: len(options) == 0 → false":                        "of none, none are known; it saves time",
	"lifecycle/console/diagram.go add: to < from → to <= from":                                  "a move leads to another state",
	"lifecycle/console/console.go New: err != nil → false":                                      "no test makes the system short of random numbers",
	"lifecycle/console/console.go fail: err != nil → false":                                     "the page of an error can always be made",
	"lifecycle/console/console.go renderLive: err != nil → false":                               "the pages can always be made of what they get",
	"lifecycle/console/events.go events: err == nil && out.Flush() == nil → out.Flush() == nil": "what cannot be written cannot be sent on either",

	"lifecycle/console/console.go renderLive: drops q.w.Header().Set(\"Content-Type\", \"text/html; charset=utf-8\")": "the server finds the same type in the page",
	"lifecycle/console/preview.go preview: drops h.Set(\"Content-Type\", \"text/html; charset=utf-8\")":               "the server finds the same type in the page",
	"lifecycle/console/events.go streamLife: 15 → 16":                                                                 nearBound,
	"lifecycle/console/events.go streamLife: 15 → 14":                                                                 nearBound,
	"lifecycle/console/events.go beat: 20 → 21":                                                                       nearBound,
	"lifecycle/console/events.go beat: 20 → 19":                                                                       nearBound,
	"lifecycle/console/events.go writePatience: 10 → 11":                                                              nearBound,
	"lifecycle/console/events.go writePatience: 10 → 9":                                                               nearBound,
	"lifecycle/console/follow.go feedInterval: 2 → 3":                                                                 nearBound,
	"lifecycle/console/follow.go feedInterval: 2 → 1":                                                                 nearBound,
	"lifecycle/console/follow.go maxViewers: 1_000 → 1001":                                                            nearBound,
	"lifecycle/console/follow.go maxViewers: 1_000 → 999":                                                             nearBound,
	"lifecycle/console/follow.go viewerQueue: 8 → 9":                                                                  nearBound,
	"lifecycle/console/follow.go viewerQueue: 8 → 7":                                                                  nearBound,
	"lifecycle/console/follow.go maxChanges: 20 → 21":                                                                 nearBound,
	"lifecycle/console/follow.go maxChanges: 20 → 19":                                                                 nearBound,

	"lifecycle/telemetry/telemetry.go tell: !span.IsRecording() → false": "a span that records nothing takes no attributes; it saves the time",

	"lifecycle/guard.go findings: g.document && m.target != nil → g.document":                                                                                                    "every command that judges a document has one",
	"lifecycle/guard_fact.go recommended: published && before.Recommended == v.Recommended → before.Recommended == v.Recommended":                                                "what equals the zero value recommends nothing, which is passed over below",
	"lifecycle/guard_lock.go RuleVersionEditable: !published || before.Status != version.Restricted → before.Status != version.Restricted":                                       "a version that is not there is not restricted",
	"lifecycle/guard_lock.go RuleVersionEditable: isRestrict && restrictedAgain.Number == v.Number → restrictedAgain.Number == v.Number":                                         "another command has no number, and every published version has one",
	"lifecycle/guard_move.go RuleSubmit: m.record.State == TestProduct && !m.record.Edited() && m.record.Published != nil → m.record.State == TestProduct && !m.record.Edited()": "what was never published counts as edited",
	"lifecycle/guard_move.go RuleTesters: 0 → 1":                                                                                         "without an account there is no new one, which is passed over before",
	"lifecycle/guard_move.go RuleUnpublishContact: !ok → false":                                                                          ownCommand,
	"lifecycle/guard_move.go RuleUnpublishReplacement: !ok || c.Replacement == uuid.Nil → c.Replacement == uuid.Nil":                     ownCommand,
	"lifecycle/guard_move.go RuleNinetyDays: unpublished && m.at.Before(end) → m.at.Before(end)":                                         noEnd,
	"lifecycle/guard_price.go RuleRiseAlone: before == nil || !raises(before, m.target.Rates) → !raises(before, m.target.Rates)":         noRise,
	"lifecycle/guard_price.go RuleUpdate: !ok → false":                                                                                   "another command has no rates to look at",
	"lifecycle/replay.go inOrder: slices.IsSortedFunc(versions, byPlace) → false":                                                        "a stable sort of what is in order changes nothing; it saves a copy",
	"lifecycle/record_rise.go announced: announced.Cmp(price) > 0 → announced.Cmp(price) >= 0":                                           "of two equal prices either may be taken",
	"lifecycle/compare.go fieldsOf: err != nil → false (3)":                                                                              "accounts, prices, numbers and names can always be written",
	"lifecycle/record_delta.go applyVersions: len(d.Order) > 0 → len(d.Order) >= 0":                                                      "a stable sort by equal ranks changes nothing",
	"lifecycle/record_delta.go applyVersions: len(d.Order) > 0 → len(d.Order) > 1":                                                       oneInOrder,
	"lifecycle/decide.go Decide: err != nil → false":                                                                                     "the machine says nothing but that there is no such transition, or what the guards say",
	"lifecycle/decide.go Decide: err != nil → false (3)":                                                                                 judgedFits,
	"lifecycle/decide.go Decide: err != nil → false (4)":                                                                                 judgedFits,
	"lifecycle/apply_explain.go giveUp: known → false":                                                                                   "a version that is not wanted is asked for by no update either",
	"lifecycle/apply.go brings: p.now.Published == nil || p.now.Edited() → p.now.Edited()":                                               "what was never published counts as edited",
	"lifecycle/apply.go nextOffer: price.Cmp(old) > 0 → price.Cmp(old) >= 0":                                                             "equal prices are the same",
	"lifecycle/compare.go fieldsOf: err != nil → false":                                                                                  "a version has nothing that JSON cannot say",
	"lifecycle/compare.go flattenInto: err != nil → false (2)":                                                                           "what was encoded can be decoded",
	"lifecycle/buyers.go CanWithdraw: underWay && !known → underWay":                                                                     "what is known stays known",
	"lifecycle/buyers.go CanWithdraw: underWay && !known → !known":                                                                       "without a request the target is empty",
	"lifecycle/buyers.go CanWithdraw: underWay && !known && indexOf(target.Listing, number) >= 0 → indexOf(target.Listing, number) >= 0": "without a request the target is empty, and what is known stays known",
	"lifecycle/buyers.go RuleNinetyDays: known && unpublished → known":                                                                   noEnd,
}

const (
	noFailure   = "no test makes a disk full, or a file unreadable to whoever runs it"
	yamlError   = "every error of the decoder begins so"
	nearBound   = "any number near this one would do"
	farBound    = "the bound is far above what a listing needs, and far below what is dangerous"
	noParts     = "an ARN that cannot be taken apart has no parts: neither kind nor group"
	ownCommand  = "the guard stands before this command only"
	sameOfASCII = "the tables say the same of ASCII; it saves time"
	fewOrMany   = "many values are told apart by a map, few by comparing them: with the same result"
	noEnd       = "what has not begun ends at the zero time, which is before every instant"
	oneInOrder  = "one version has one order"
	judgedFits  = "what was judged follows from the record"
	noRise      = "nothing rises above prices that are not there"
)
