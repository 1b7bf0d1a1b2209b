package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/shelflife-go/shelflife/lifecycle"
	"github.com/shelflife-go/shelflife/lifecycle/console"
	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/lifecycle/memstore"
)

// A service mounts the console beside its own pages and says who looks at it.
func Example() {
	clock := &lifecycletest.Clock{}
	manager, err := lifecycle.New(lifecycletest.Seller, memstore.New(), lifecycletest.NewMarket(clock), lifecycle.WithClock(clock))
	if err != nil {
		fmt.Println(err)
		return
	}
	id := manager.ID("invoice-extractor")
	if _, err := manager.Do(context.Background(), id, lifecycle.Create{Name: "invoice-extractor", Listing: lifecycletest.ModelPackage()}); err != nil {
		fmt.Println(err)
		return
	}

	pages, err := console.New(func(r *http.Request) (console.Session, error) {
		user, password, ok := r.BasicAuth() // what your service has instead
		if !ok || password != "secret" {
			return console.Session{}, console.ErrSignIn
		}
		return console.Session{Manager: manager, User: user}, nil
	}, console.WithPath("/console/"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pages.Close()
	mux := http.NewServeMux()
	mux.Handle("/console/", pages)

	r := httptest.NewRequest(http.MethodGet, "/console/listings/"+id.String(), nil)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code)
	r.SetBasicAuth("ann", "secret")
	w = httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	fmt.Println(w.Code, strings.Contains(w.Body.String(), "The listing is Draft."))
	// Output:
	// 401
	// 200 true
}

func ExampleWritePreview() {
	file, err := os.CreateTemp("", "*.html")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.Remove(file.Name()) }()
	defer func() { _ = file.Close() }()
	l := lifecycletest.ModelPackage()
	if err := console.WritePreview(file, l, console.Preview{Facts: lifecycletest.Facts(l), Limited: true}); err != nil {
		fmt.Println(err)
		return
	}
	page, err := os.ReadFile(file.Name())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(string(page), "<title>Preview: Invoice field extractor</title>"))
	// Output:
	// true
}
