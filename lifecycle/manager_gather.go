package lifecycle

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"

	"github.com/shelflife-go/shelflife/listing/rule"
	"github.com/shelflife-go/shelflife/version"
)

// Facts asks the ports for what judging the command on the record needs: for
// [Decide] and [Explain] on a document that is in no store yet, for example.
// What cannot be had stays unknown, and Facts.Why says why. Nothing changes.
func (m *Manager) Facts(ctx context.Context, r Record, c Command) Facts {
	ctx, op := m.begin(ctx, "Facts", r.ID, c)
	defer op.end(nil)
	op.saw(r)
	c, ok := settled(c)
	if !ok {
		return Facts{}
	}
	return m.gather(ctx, r, c, m.given)
}

func (m *Manager) gather(ctx context.Context, r Record, c Command, given Facts) Facts {
	g := gatherer{Manager: m, facts: Facts{Why: map[string]string{}}}
	switch c := c.(type) {
	case Submit:
		if given.Seller == nil {
			g.profile(ctx)
		}
		if given.MayRequest == Unknown {
			g.mayRequest(ctx)
		}
	case Unpublish:
		g.replacement(ctx, c.Replacement, given)
	}
	g.describe(ctx, newResources(r, c), given)
	g.fetch(ctx, newAssets(r, c), given)
	return given.or(g.facts)
}

type gatherer struct {
	*Manager
	facts Facts
}

// whyNot is why a fact could not be had. What AWS says stands at the end of an error.
func whyNot(err error) string { return shortened(rule.Addresses(err.Error()), 500) }

// missed notes that a fact could not be had.
func (g *gatherer) missed(ctx context.Context, key string, err error) {
	g.facts.Why[key] = whyNot(err)
	g.log.WarnContext(ctx, "fact not known", LogSeller, g.seller, LogFact, key, LogError, shortened(rule.Addresses(err.Error()), maxMessage))
}

func (g *gatherer) profile(ctx context.Context) {
	if g.sellers == nil {
		return
	}
	profile, err := g.sellers.Profile(ctx, g.seller)
	if err != nil {
		g.missed(ctx, WhySeller, err)
		return
	}
	g.facts.Seller = &profile
}

// mayRequest asks for a change set that nobody made. The answer can show that a
// permission is missing, but not that none is: nothing but starting a change set
// shows whether that is allowed.
func (g *gatherer) mayRequest(ctx context.Context) {
	_, err := g.market.Find(ctx, "shelflife permission")
	switch {
	case errors.Is(err, ErrDenied):
		g.facts.MayRequest = No
		switch {
		case errors.Is(err, ErrCredentials):
			g.facts.Denial = DenialCredentials
		case errors.Is(err, ErrNotVerified):
			g.facts.Denial = DenialSeller
		}
		g.missed(ctx, WhyMayRequest, err)
	case err != nil && !errors.Is(err, ErrNotFound):
		g.missed(ctx, WhyMayRequest, err)
	default:
		g.facts.Why[WhyMayRequest] = "finding change sets is allowed; only starting one shows whether that is"
	}
}

// newResources returns the resources that SageMaker has to be asked for: of
// versions that are not published yet, and of those whose recommended instance
// types change while nothing is known of the resource.
func newResources(r Record, c Command) []version.ARN {
	d, requests := c.delta(r)
	if !requests {
		return nil
	}
	versions := d.Versions
	if _, submits := c.(Submit); submits {
		versions = r.Draft.Versions
	}
	var all []version.ARN
	for _, v := range versions {
		if _, err := v.Resource.Parts(); err != nil {
			continue
		}
		before, published := r.published().Version(v.Number)
		_, kept := r.InstanceTypes[v.Resource]
		if !published || before.Recommended != v.Recommended && !kept {
			all = append(all, v.Resource)
		}
	}
	return all
}

// describe asks for resources, a few at a time.
func (g *gatherer) describe(ctx context.Context, arns []version.ARN, given Facts) {
	if g.resources == nil {
		return
	}
	const atOnce = 4
	type answer struct {
		arn      version.ARN
		resource Resource
		err      error
	}
	answers := make([]answer, 0, len(arns))
	for _, arn := range arns {
		if _, known := given.Resources[arn]; !known {
			answers = append(answers, answer{arn: arn})
		}
	}
	tokens := make(chan struct{}, atOnce)
	var all sync.WaitGroup
	for i := range answers {
		tokens <- struct{}{}
		all.Add(1)
		go func(a *answer) {
			defer func() { <-tokens; all.Done() }()
			a.resource, a.err = g.resources.Describe(ctx, a.arn)
		}(&answers[i])
	}
	all.Wait()
	g.facts.Resources = map[version.ARN]Resource{}
	for _, a := range answers {
		switch {
		case a.err == nil:
			g.facts.Resources[a.arn] = a.resource
		case errors.Is(a.err, ErrNotFound):
			g.facts.Resources[a.arn] = Resource{Status: ResourceMissing}
		case errors.Is(a.err, ErrDenied) && !errors.Is(a.err, ErrCredentials):
			g.facts.Resources[a.arn] = Resource{Status: ResourceDenied}
			g.missed(ctx, string(a.arn), a.err)
		default:
			g.missed(ctx, string(a.arn), a.err)
		}
	}
}

func (g *gatherer) fetch(ctx context.Context, files []asset, given Facts) {
	if g.assets == nil {
		return
	}
	g.facts.Assets = map[string][]byte{}
	for _, a := range files {
		if _, known := given.Assets[a.url]; known {
			continue
		}
		data, err := g.assets.Fetch(ctx, a.url, a.limit)
		switch {
		case err == nil:
			g.facts.Assets[a.url] = data[:min(int64(len(data)), a.limit)]
		case errors.Is(err, ErrNotFound):
			g.facts.Assets[a.url], g.facts.Why[a.url] = nil, whyNot(err)
		default:
			g.facts.Why[a.url] = whyNot(err)
			g.log.WarnContext(ctx, "file not known", LogSeller, g.seller, LogPath, a.path, LogError, shortened(rule.Addresses(err.Error()), maxMessage))
		}
	}
}

// replacement reads the listing that is to replace another.
func (g *gatherer) replacement(ctx context.Context, id uuid.UUID, given Facts) {
	if _, known := given.Replacements[id]; known || id == uuid.Nil {
		return
	}
	r, _, err := g.find(ctx, id)
	if err != nil {
		g.missed(ctx, id.String(), err)
		return
	}
	g.facts.Replacements = map[uuid.UUID]Summary{id: summaryOf(r)}
}
