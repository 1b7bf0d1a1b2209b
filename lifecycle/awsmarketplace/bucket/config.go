package bucket

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/iampolicy"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace/internal/wire"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
	"github.com/shelflife-go/shelflife/version"
)

// Config says where files are put.
type Config struct {
	// Name is the name of the bucket. It must have no dots: the certificate of
	// S3 is not valid for an address with a dotted name.
	Name string
	// Region is the one that the bucket is in.
	Region listing.Region
	// Prefix is the folder of the files, such as "marketplace/assets": at most 511
	// letters, digits, hyphens, underscores, inner dots and slashes. Empty puts
	// the files at the top of the bucket.
	Prefix string
	// Owner is the account that the bucket must belong to, or else nothing is
	// uploaded. Empty skips this check; give the seller's account.
	Owner listing.AccountID
	// HTTPClient fetches the files without credentials. Nil stands for
	// [http.DefaultClient].
	HTTPClient *http.Client
}

// Policy returns a policy for the bucket that lets everybody read the files under
// the prefix whose names they know, and nothing else: neither list nor write. The
// error is an [*Error], as from [New].
func Policy(name, prefix string) (string, error) {
	config, err := Config{Name: name, Region: wire.Region, Prefix: prefix}.settled()
	if err != nil {
		return "", err
	}
	return iampolicy.Write(iampolicy.Statement{
		Sid: "ReadListingFiles", Effect: "Allow", Principal: "*",
		Action: iampolicy.OneOrMany[string]{"s3:GetObject"}, Resource: iampolicy.OneOrMany[string]{config.objects()},
	})
}

var (
	bucketName   = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$`)
	bucketRegion = regexp.MustCompile(`^[a-z]{2}(-[a-z]{1,20}){1,3}-[0-9]{1,2}$`)
	bucketPrefix = regexp.MustCompile(`^([A-Za-z0-9_-][A-Za-z0-9_.-]*/)*$`)

	// catalogURL is what the Catalog API takes for the address of a file.
	catalogURL = regexp.MustCompile(`^https://(www\.)?[-a-zA-Z0-9@._]{1,256}\.[a-zA-Z0-9()]{2,63}\b([-a-zA-Z0-9@_+./]*)$`)
)

// reserved are what S3 keeps for buckets and access points of other kinds.
var reserved = struct{ prefixes, suffixes []string }{
	[]string{"xn--", "sthree-"}, []string{"-s3alias", "--ol-s3", "--x-s3", "--table-s3"},
}

const maxPrefix = 512

// settled checks the configuration, and returns it with the prefix as it begins
// the keys of files.
func (c Config) settled() (Config, error) {
	refuse := func(problem, remedy string, cause error) (Config, error) {
		return Config{}, &Error{Bucket: c.Name, Problem: problem, Remedy: remedy, Cause: cause}
	}
	switch {
	case strings.Contains(c.Name, "."):
		return refuse("the name has a dot, so that no certificate is valid for it", "use a bucket without dots in its name", nil)
	case !bucketName.MatchString(c.Name) || isReserved(c.Name):
		return refuse("this is not the name of a general purpose bucket", "give 3 to 63 lower case letters, digits and inner hyphens", nil)
	case !bucketRegion.MatchString(string(c.Region)) || strings.HasPrefix(string(c.Region), "cn-") || strings.Contains(string(c.Region), "-gov-") || strings.Contains(string(c.Region), "-iso"):
		return refuse(fmt.Sprintf("%q is not a commercial AWS Region", document.Cut(string(c.Region), 100)), "give the code of the bucket's Region, such as us-east-2", nil)
	case c.Owner != "" && !c.Owner.Valid():
		return refuse(fmt.Sprintf("the owner %q is not an account", document.Cut(string(c.Owner), 100)), "give the twelve digits", version.ErrAccountID)
	}
	if c.Prefix = strings.TrimSuffix(c.Prefix, "/"); c.Prefix != "" {
		c.Prefix += "/"
	}
	if len(c.Prefix) > maxPrefix || !bucketPrefix.MatchString(c.Prefix) || !catalogURL.MatchString(c.host()+"/"+c.Prefix) {
		return refuse(fmt.Sprintf("the prefix %q does not fit into an address that the marketplace takes", document.Cut(c.Prefix, 100)),
			fmt.Sprintf("give folders of letters, digits, hyphens, underscores and inner dots, of at most %d characters", maxPrefix-1), nil)
	}
	return c, nil
}

func isReserved(name string) bool {
	for _, p := range reserved.prefixes {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	for _, s := range reserved.suffixes {
		if strings.HasSuffix(name, s) {
			return true
		}
	}
	return false
}

// host is the address that the bucket has for everybody, whatever endpoint it is
// written through.
func (c Config) host() string {
	return "https://" + c.Name + ".s3." + string(c.Region) + ".amazonaws.com"
}

// objects are the files, as policies name them.
func (c Config) objects() string { return "arn:aws:s3:::" + c.Name + "/" + c.Prefix + "*" }
