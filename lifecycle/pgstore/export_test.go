package pgstore

// For the tests.
var (
	MigrateBy  = migrate
	Steps      = migrations
	Selection  = selection
	Native     = native
	Statements = map[string]string{"load": loadHead, "parts": loadParts, "journal": readJournal, "feed": readFeed, "feed end": readFeedEnd}
)
