// Command pipeline is what comes after training: the new model package becomes a new
// version of the listing, the version goes live, and those before it are restricted.
//
//	go run ./examples/pipeline -seller 111122223333 -listing invoice-extractor.json \
//		-package arn:aws:sagemaker:us-east-2:111122223333:model-package/invoices-7 -notes "Reads tables."
//
// It may be killed at any moment, by a runner that has no time left or by a crash: run
// it again with the same arguments, and it goes on. There is one version for a package,
// and each request is sent once. Workflows for GitHub and GitLab stand beside it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/config"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/awsmarketplace"
	"github.com/shelflife-go/shelflife/lifecycle/sqlitestore"
	"github.com/shelflife-go/shelflife/listing"
	"github.com/shelflife-go/shelflife/version"
)

func main() {
	seller := flag.String("seller", "", "`account` of the seller")
	file := flag.String("listing", "", "JSON `file` with the document, which is published first if it is not live yet; its base name is the listing's")
	pkg := flag.String("package", "", "`ARN` of the new model package")
	notes := flag.String("notes", "", "release notes of the new version")
	database := flag.String("database", "listings.db", "SQLite `file` that outlives the job; or take pgstore or dynamostore")
	flag.Parse()

	ctx := context.Background()
	data, err := os.ReadFile(*file)
	check(err)
	document, err := listing.Parse(data)
	check(err)
	cfg, err := config.LoadDefaultConfig(ctx)
	check(err)
	store, err := sqlitestore.Open(ctx, *database)
	check(err)
	manager, err := lifecycle.New(listing.AccountID(*seller), store, awsmarketplace.NewMarketplace(cfg),
		lifecycle.WithResources(awsmarketplace.NewResources(cfg)),
		lifecycle.WithAssets(awsmarketplace.NewAssets(nil)))
	check(err)
	name := strings.TrimSuffix(filepath.Base(*file), filepath.Ext(*file))
	check(release(ctx, manager, lifecycle.SystemClock{}, name, document, version.ARN(*pkg), *notes))
}

// release publishes the document if it is not live yet, and then the package as its
// newest version. What was done before is not done again.
func release(ctx context.Context, m *lifecycle.Manager, clock lifecycle.Clock, name string, document listing.Listing, pkg version.ARN, notes string) error {
	record, err := m.Load(ctx, m.ID(name))
	if errors.Is(err, lifecycle.ErrNotFound) || err == nil && record.State != lifecycle.Live {
		err = apply(ctx, m, clock, name, document)
	}
	if err != nil {
		return err
	}
	if record, err = m.Load(ctx, m.ID(name)); err != nil {
		return err
	}
	return apply(ctx, m, clock, name, withVersion(record.Draft, pkg, notes))
}

// withVersion returns the listing with the package as its newest version, and all others
// restricted. While the request for it is under way the listing is still the one before:
// so it returns the same each time.
func withVersion(l listing.Listing, pkg version.ARN, notes string) listing.Listing {
	l = l.Clone()
	var newest *version.Version
	for i := range l.Versions {
		if l.Versions[i].Resource == pkg {
			newest = &l.Versions[i]
		}
	}
	if newest == nil && len(l.Versions) > 0 {
		v := l.Versions[len(l.Versions)-1].Clone()
		v.Number, v.Resource, v.ReleaseNotes, v.Status = bumped(v.Number), pkg, notes, version.Offered
		l.Versions = append(l.Versions, v)
		newest = &l.Versions[len(l.Versions)-1]
	}
	for i := range l.Versions {
		if &l.Versions[i] != newest {
			l.Versions[i].Status = version.Restricted
		}
	}
	return l
}

// bumped returns the number after it: 1.10 after 1.9.
func bumped(number string) string {
	i := strings.LastIndexByte(number, '.') + 1
	last, err := strconv.Atoi(number[i:])
	if err != nil {
		return number + ".1"
	}
	return number[:i] + strconv.Itoa(last+1)
}

// apply takes the listing to what it should be: live, with this document.
func apply(ctx context.Context, m *lifecycle.Manager, clock lifecycle.Clock, name string, document listing.Listing) error {
	want := lifecycle.Desired{Name: name, Listing: document, Until: lifecycle.Live}
	for {
		applied, err := m.Apply(ctx, m.ID(name), want, lifecycle.By("pipeline"))
		switch {
		case errors.Is(err, lifecycle.ErrBusy), errors.Is(err, lifecycle.ErrThrottled), errors.Is(err, lifecycle.ErrUnavailable):
			log.Print(err) // it passes
		case err != nil:
			return err // every broken rule at once, or what AWS has answered
		case len(applied.Left) == 0:
			return nil
		default:
			fmt.Println(applied.Summary.State, applied.Left[0].Event)
		}
		if err := clock.Sleep(ctx, applied.Wait); err != nil {
			return err
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
