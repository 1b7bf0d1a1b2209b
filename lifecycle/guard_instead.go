package lifecycle

// insteadOf says which command does what was meant by the event, from where the
// listing stands.
func (m move) insteadOf(e Event, otherwise string) string {
	switch {
	case e == EventCreate:
		return "edit the listing that exists, or create one with another id"
	case guards[e].state == RuleAdopt:
		return "reconcile the listing that exists with what the marketplace has, or adopt the product under another id"
	case m.record.Request != nil && m.record.State != Live:
		return "wait until the request has ended, or cancel it"
	case guards[e].state == RuleReconcile:
		return "reconcile it when the marketplace has the product in the state that the listing is in, or a later one"
	case guards[e].state == RuleUpdate:
		e = anyUpdate
	}
	if text, known := instead[m.record.State][e]; known {
		return text
	}
	return otherwise
}

// anyUpdate stands for every event of RuleUpdate in instead.
const anyUpdate Event = "update"

const (
	insteadOfEdit     = "change it by add-version, update-version, restrict-version, update-information, update-pricing or update-allow-list: each is sent by itself"
	insteadOfUpdate   = "edit the document and submit it"
	insteadOfReviving = "a listing that was unpublished stays so: create a new one"
	insteadOfHiding   = "leave it as it is: only the seller and the testers see it"
)

var instead = map[State]map[Event]string{
	Draft: {
		EventSignOff:    "submit the listing, test the preview, and sign it off then",
		anyUpdate:       insteadOfUpdate,
		EventUnpublish:  "discard the draft: nobody can see it",
		EventEndSupport: "discard the draft: nobody has bought it",
	},
	TestProduct: {
		anyUpdate:       insteadOfUpdate,
		EventUnpublish:  insteadOfHiding,
		EventDiscard:    insteadOfHiding,
		EventEndSupport: "leave it as it is: nobody has bought it",
	},
	Live: {
		EventEdit:       insteadOfEdit,
		EventSubmit:     insteadOfEdit,
		EventSignOff:    "the listing is live already: there is nothing to sign off; each update goes live by itself",
		EventDiscard:    "unpublish it instead",
		EventEndSupport: "unpublish the listing first; support ends 90 days later",
	},
	Unpublished: {
		EventEdit:      insteadOfReviving,
		EventSubmit:    insteadOfReviving,
		EventSignOff:   insteadOfReviving,
		anyUpdate:      insteadOfReviving,
		EventUnpublish: "nothing is left to do: it is unpublished; end its support when the 90 days are over",
		EventDiscard:   "end its support when the 90 days are over",
	},
}
