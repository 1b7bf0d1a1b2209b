package mend

// Kind is one thing that is corrected.
type Kind struct {
	// ID names the kind, as "file.bom".
	ID string
	// Does says what is done, as "left out the byte order mark".
	Does string
	// Rule is the rule that refuses what is corrected: "document.readable" for a
	// document that could not be read, and empty for a matter of form.
	Rule string
}

const readable = "document.readable"

// Kinds are all that is corrected.
var Kinds = []Kind{
	{"file.utf-16", "wrote the file in UTF-8", readable},
	{"file.bom", "left out the byte order mark", readable},
	{"file.line-ends", "ended lines with a line feed", ""},
	{"file.control", "left out control characters", readable},
	{"file.tabs", "indented with spaces", readable},
	{"file.odd-spaces", "wrote plain spaces between key and value", readable},
	{"file.document-end", "left out the mark of a document after the last", readable},
	{"file.trailing-blanks", "left out blanks at the end of lines", ""},
	{"file.last-line", "ended the file with one line feed", ""},
	{"file.reference", "wrote the path of the file as others do", readable},

	{"key.spelling", "spelt the key as it is known", readable},
	{"key.repeated", "left out the key that was given twice with one value", readable},
	{"member.null", "left out the member without a value", readable},
	{"member.empty", "left out the empty member", ""},
	{"member.regions", "wrote the default of regions", ""},
	{"member.kind", "wrote the kind that the resources have", "version.kind-matches"},

	{"list.single", "made a list of the one value", readable},
	{"list.empty-entry", "left out the empty entry", ""},
	{"list.repeated", "left out the repeated entry", ""},
	{"list.sorted", "sorted the list", ""},
	{"keywords.searched", "left out the keyword that is searched anyway", "promo.keywords-not-repeated"},

	{"text.escapes", "left out the codes of a terminal", "text.no-control-characters"},
	{"text.line-ends", "ended lines with a line feed", "text.no-control-characters"},
	{"text.control", "left out control characters", "text.no-control-characters"},
	{"text.leading-blanks", "left out blanks at the start", ""},
	{"text.end-blanks", "left out blanks at the end", ""},
	{"text.trailing-blanks", "left out blanks at the end of lines", ""},
	{"text.one-line", "wrote the name on one line", ""},
	{"text.odd-spaces", "wrote plain spaces", ""},
	{"text.invisible", "left out characters that cannot be seen", ""},
	{"text.quotes", "wrote straight quotes", "offer.refund-policy"},
	{"text.dashes", "wrote hyphens for dashes", "offer.refund-policy"},
	{"text.ellipsis", "wrote three dots", "offer.refund-policy"},
	{"text.trademark", "left out the space before the mark", "text.trademark-space"},
	{"text.full-width", "wrote full-width characters as plain ones", ""},

	{"url.brackets", "left out the brackets around the address", ""},
	{"url.scheme", "wrote the scheme in small letters", ""},
	{"url.spaces", "wrote spaces in the address as %20", ""},
	{"account.separators", "left out the separators", ""},
	{"arn.case", "wrote the ARN up to its name in small letters", "version.arn"},
	{"region.spelling", "spelt the Region as AWS does", "regions.chosen"},
	{"regions.all", "spelt \"all\" as it is known", "regions.chosen"},
	{"instance.case", "wrote the instance type in small letters", ""},

	{"kind.spelling", "spelt the kind as it is known", "version.kind-matches"},
	{"visibility.spelling", "spelt the visibility as it is known", "visibility.chosen"},
	{"model.spelling", "spelt the pricing model as it is known", "offer.present"},
	{"status.spelling", "spelt the status as it is known", "version.status"},
	{"status.offered", "left out the status, which says that the version is offered", "version.status"},

	{"boolean.spelling", "wrote true or false", readable},
	{"number.quotes", "left out the quotes of a number", readable},
	{"number.whole", "wrote a whole number without decimals", readable},
	{"number.days", "wrote the number of days", readable},

	{"rate.key", "spelt the dimension as the marketplace does", "pricing.dimension"},
	{"price.quotes", "put the price in quotes", "pricing.exact"},
	{"price.currency", "left out the sign of US dollars", "pricing.exact"},
	{"price.separators", "left out the separators of thousands", "pricing.exact"},
	{"price.point", "wrote the digits around the decimal point", "pricing.exact"},
	{"price.sign", "left out the plus sign", "pricing.exact"},
	{"price.exponent", "wrote out the power of ten", "pricing.exact"},
	{"price.zeros", "left out zeros at the end", "pricing.exact"},
}

// KindOf returns the kind with the id; its zero value if there is none.
func KindOf(id string) Kind {
	for _, k := range Kinds {
		if k.ID == id {
			return k
		}
	}
	return Kind{}
}
