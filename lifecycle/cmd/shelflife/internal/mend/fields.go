package mend

// class says what kind of value a field has, as a set.
type class uint32

const (
	text     class = 1 << iota // a text for people
	sample                     // a text for programs: as little as possible is touched
	oneLine                    // a name that has no line ends
	clear                      // invisible characters are refused
	exact                      // and odd spaces, too
	ascii                      // ASCII and few more
	url                        // an address
	account                    // twelve digits
	arn                        // of a resource or a role
	region                     // a Region
	instance                   // an instance type
	price                      // US dollars
	whole                      // a whole number
	boolean                    // true or false
	kind                       // one of the words of its field, as the next three
	visibility
	model
	status
	list     // of texts
	set      // a list whose order says nothing
	unique   // a list that repeats nothing
	file     // can be a file beside the document
	required // is missing if it is not there
)

// fields are the values that something is known of, by their paths without indices. The
// name is not among them: the store knows the listing by it, as it is.
var fields = map[string]class{
	"seller":  account,
	"testers": list | set | unique, "testers[]": account,
	"kind":       kind | required,
	"visibility": visibility,
	"buyers":     list | unique, "buyers[]": account,
	"regions": list | set | unique | required, "regions[]": region,
	"title":            text | oneLine | required,
	"shortDescription": text | file | required,
	"overview":         text | file | required,
	"highlights":       list, "highlights[]": text,
	"categories": list | unique, "categories[]": text,
	"sku":                text,
	"promotion.logo":     url | required,
	"promotion.keywords": list | unique, "promotion.keywords[]": text,
	"promotion.links":        list,
	"promotion.links[].text": text | required,
	"promotion.links[].url":  url | required,
	"promotion.video":        url,
	"support.offered":        boolean | required,
	"support.details":        text | file,

	"versions":                               list,
	"versions[].number":                      clear | oneLine | required, // a published one never changes
	"versions[].resource":                    arn | required,
	"versions[].accessRole":                  arn | required,
	"versions[].status":                      status,
	"versions[].releaseNotes":                text | file | required,
	"versions[].notebook":                    url | required,
	"versions[].repository":                  url | required,
	"versions[].usage":                       text | file | required,
	"versions[].training.data":               text | file | required,
	"versions[].training.example":            url | required,
	"versions[].training.overview":           text | file | required,
	"versions[].input.description":           text | file | required,
	"versions[].input.limitations":           text | file,
	"versions[].input.realTime.text":         sample | file,
	"versions[].input.realTime.url":          url,
	"versions[].input.batch.text":            sample | file,
	"versions[].input.batch.url":             url,
	"versions[].input.parameters":            list,
	"versions[].input.customAttributes":      list,
	"versions[].output.description":          text | file | required,
	"versions[].output.realTime.text":        sample | file,
	"versions[].output.realTime.url":         url,
	"versions[].output.batch.text":           sample | file,
	"versions[].output.batch.url":            url,
	"versions[].output.fields":               list,
	"versions[].recommended.batch":           instance | required,
	"versions[].recommended.realTime":        instance | required,
	"versions[].recommended.training":        instance,
	"versions[].output.fields[].name":        text | exact | oneLine | required,
	"versions[].output.fields[].description": text | required,

	"versions[].output.fields[].alwaysReturned": boolean,

	"offer.name":          text | oneLine | required,
	"offer.description":   text | required,
	"offer.model":         model | required,
	"offer.rates":         0,
	"offer.rates.*":       price | required,
	"offer.trialDays":     whole,
	"offer.refundPolicy":  text | exact | ascii | file | required,
	"offer.eula.standard": boolean,
	"offer.eula.url":      url,
}

func init() {
	for _, of := range []string{"versions[].input.parameters[].", "versions[].input.customAttributes[]."} {
		fields[of+"name"] = text | exact | oneLine | required
		fields[of+"description"] = text | required
		fields[of+"constraints"] = text
		fields[of+"required"] = boolean
	}
}

func (c class) is(any class) bool { return c&any != 0 }
