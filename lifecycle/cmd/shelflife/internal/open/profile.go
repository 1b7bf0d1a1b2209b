package open

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/shelflife-go/shelflife/lifecycle/cmd/shelflife/internal/folder"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/listing/document"
)

// configuration is the file of a user: settings by name.
type configuration struct {
	Profiles map[string]profile `json:"profiles"`
}

// profile is settings under a name.
type profile struct {
	Seller listing.AccountID `json:"seller,omitempty"`
	Store  string            `json:"store,omitempty"`
	AWS    AWS               `json:"aws,omitzero"`
}

// AWS is how AWS is reached. What is empty is as for the AWS CLI.
type AWS struct {
	// Profile names credentials in the files of the AWS CLI.
	Profile string `json:"profile,omitempty"`
	// Region is that of a DynamoDB table.
	Region string `json:"region,omitempty"`
	// Endpoint is the address of whatever answers in place of AWS.
	Endpoint string `json:"endpoint,omitempty"`
}

// load returns the configuration of the SDK. The environment wins.
func (a AWS) load(ctx context.Context) (aws.Config, error) {
	none := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return os.Getenv(name) != "" })
	}
	var options []func(*config.LoadOptions) error
	if a.Profile != "" && none("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ACCESS_KEY_ID") {
		options = append(options, config.WithSharedConfigProfile(a.Profile))
	}
	if a.Region != "" && none("AWS_REGION", "AWS_DEFAULT_REGION") {
		options = append(options, config.WithRegion(a.Region))
	}
	if a.Endpoint != "" && none("AWS_ENDPOINT_URL") {
		options = append(options, config.WithBaseEndpoint(a.Endpoint))
	}
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return cfg, wrong("the AWS configuration: %w", err)
	}
	return cfg, nil
}

// ConfigFile returns the file with the profiles of the user.
func ConfigFile() (string, error) {
	dir, err := os.UserConfigDir()
	return filepath.Join(dir, "shelflife", "config.yaml"), err
}

// Use takes from a profile what the settings leave open. An empty name is none. The
// store of a profile is not for simulated listings.
func (s *Settings) Use(name string) error {
	if name == "" {
		return nil
	}
	file, err := ConfigFile()
	if err != nil {
		return wrong("the profile %q: %w", name, err)
	}
	p, err := profileOf(file, name)
	if err != nil {
		return &SettingsError{err}
	}
	if s.Seller == "" {
		s.Seller = string(p.Seller)
	}
	if s.Store == "" && !s.Simulate {
		s.Store = p.Store
	}
	s.AWS = p.AWS
	return nil
}

func profileOf(file, name string) (profile, error) {
	data, err := readConfig(file)
	if errors.Is(err, fs.ErrNotExist) {
		return profile{}, fmt.Errorf("the profile %q: there is no file %s: write one, with \"profiles:\" and the names below", name, document.Printable(file))
	}
	if err != nil {
		return profile{}, err
	}
	var c configuration
	place, err := folder.DecodeYAML(file, data, &c)
	if err != nil {
		return profile{}, err
	}
	p, ok := c.Profiles[name]
	if !ok {
		known := strings.Join(slices.Sorted(maps.Keys(c.Profiles)), ", ")
		return profile{}, fmt.Errorf("%s has no profile %q: it has %s", document.Printable(file), name, document.Printable(document.Cut(known, 500)))
	}
	if p.Seller != "" && !p.Seller.Valid() {
		path := document.Join(document.Member("profiles", name), "seller")
		return profile{}, &folder.Fault{Place: place(path), Path: path, Problem: "is not a twelve-digit account id: " + p.Seller.Remedy()}
	}
	return p, nil
}

func readConfig(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it is only read
	data, err := io.ReadAll(io.LimitReader(f, document.MaxSize+1))
	if err == nil && len(data) > document.MaxSize {
		err = fmt.Errorf("%s: has more than %d bytes", file, document.MaxSize)
	}
	return data, err
}
