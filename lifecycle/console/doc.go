// Package console shows the listings of sellers in a browser: an [http.Handler] over
// their managers.
//
//	pages, err := console.New(func(r *http.Request) (console.Session, error) {
//		return console.Session{Manager: manager}, nil
//	})
//	…
//	defer pages.Close()
//	http.ListenAndServe("127.0.0.1:8080", pages)
//
// The function says, for each request, whose listings are shown and who looks at
// them: it is where a service checks who its users are. Listings of other sellers
// answer as those that do not exist.
//
// The catalogue lists all listings, and first those that need attention. The page of
// a listing has the portal's product summary, the state diagram, what stands in the
// way of each next step, versions, the request under way, calendar and history. It
// reads the store alone; what needs a call to AWS, such as the drift, is a page of its
// own. [WritePreview] writes the page that buyers will see, and needs no console.
//
// Pages are whole without JavaScript. With it, they follow the feed from where it was when
// they were made: one reader for each seller, however many look. A viewer who does not
// take the news is dropped, and comes back.
//
// Nothing can be changed unless [Session.MayAct] says so. Then each command is shown
// as a plan, confirmed by a form that only a page of the same session can send, and
// given to [lifecycle.Manager.Do] for the revision that was shown. Do sends nothing:
// [lifecycle.Manager.Advance], or what calls it, does.
//
// Texts of listings are escaped. The pages load nothing from elsewhere, and a
// Content-Security-Policy forbids it.
package console
