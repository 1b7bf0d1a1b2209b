package lifecycle

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/version"
)

// Facts asks the ports for what judging the command on the record needs: for
// [Decide] and [Explain] on a document that is in no store yet, for example.
// What cannot be had stays unknown. Nothing changes.
func (m *Manager) Facts(ctx context.Context, r Record, c Command) Facts {
	c, ok := settled(c)
	if !ok {
		return Facts{House: m.house}
	}
	f := Facts{House: m.house}
	switch c := c.(type) {
	case Submit:
		f.Seller, f.MayRequest = m.profile(ctx), m.mayRequest(ctx)
	case Unpublish:
		f.Replacements = m.replacements(ctx, c.Replacement)
	}
	if needsResources(c) {
		f.Resources = m.describe(ctx, r, c)
	}
	if m.assets != nil {
		f.Assets = m.fetch(ctx, newAssets(r, c))
	}
	return f
}

func needsResources(c Command) bool {
	switch c.(type) {
	case Submit, AddVersion, UpdateVersion, UpdatePricing: // the last for what has to be priced
		return true
	}
	return false
}

func (m *Manager) profile(ctx context.Context) *SellerProfile {
	if m.sellers == nil {
		return nil
	}
	profile, err := m.sellers.Profile(ctx, m.seller)
	if err != nil {
		m.log.WarnContext(ctx, "seller profile not known", "seller", m.seller, "error", err)
		return nil
	}
	return &profile
}

// mayRequest asks for a change set that nobody made. The answer can show that a
// permission is missing, but not that none is: nothing but starting a change set
// shows whether that is allowed.
func (m *Manager) mayRequest(ctx context.Context) Answer {
	if _, err := m.market.Find(ctx, "shelflife permission"); errors.Is(err, ErrDenied) {
		return No
	}
	return Unknown
}

func (m *Manager) describe(ctx context.Context, r Record, c Command) map[version.ARN]Resource {
	target, _ := c.content(r)
	if m.resources == nil {
		return nil
	}
	known := map[version.ARN]Resource{}
	for _, v := range target.Listing.Versions {
		if _, err := v.Resource.Parts(); err != nil {
			continue
		}
		resource, err := m.resources.Describe(ctx, v.Resource)
		switch {
		case err == nil:
			known[v.Resource] = resource
		case errors.Is(err, ErrNotFound):
			known[v.Resource] = Resource{Status: ResourceMissing}
		case errors.Is(err, ErrDenied):
			known[v.Resource] = Resource{Status: ResourceDenied}
		default:
			m.log.WarnContext(ctx, "resource not known", "arn", v.Resource, "error", err)
		}
	}
	return known
}

func (m *Manager) fetch(ctx context.Context, addresses []asset) map[string][]byte {
	known := map[string][]byte{}
	for _, a := range addresses {
		data, err := m.assets.Fetch(ctx, a.url, a.limit)
		switch {
		case err == nil:
			known[a.url] = data
		case errors.Is(err, ErrNotFound):
			known[a.url] = nil
		default:
			m.log.WarnContext(ctx, "file not known", "path", a.path, "error", err)
		}
	}
	return known
}

func (m *Manager) replacements(ctx context.Context, id uuid.UUID) map[uuid.UUID]Record {
	if id == uuid.Nil {
		return nil
	}
	r, err := m.store.Load(ctx, m.key(id))
	switch {
	case err == nil, errors.Is(err, ErrNotFound):
		return map[uuid.UUID]Record{id: r}
	}
	m.log.WarnContext(ctx, "replacement not known", "id", id, "error", err)
	return nil
}
