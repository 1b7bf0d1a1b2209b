package open

// Settings say which store.
type Settings struct {
	Store, Seller string
	Simulate      bool
}
