package main

import (
	"context"
	"fmt"

	"github.com/go-playground/validator/v10"

	"github.com/shelflife-go/shelflife/lifecycle/lifecycletest"
	"github.com/shelflife-go/shelflife/listing"
)

// tagged is a listing with the rules that the tags of validator can state: lengths,
// counts, choices, addresses and what is required. Patterns they cannot.
type tagged struct {
	Kind             string          `validate:"oneof='model package' algorithm"`
	Visibility       string          `validate:"omitempty,oneof=public private"`
	Buyers           []string        `validate:"excluded_unless=Visibility private,max=100,unique,dive,len=12,number"`
	Title            string          `validate:"required,max=72"`
	ShortDescription string          `validate:"required,max=1000"`
	Overview         string          `validate:"required,max=5000"`
	Highlights       []string        `validate:"min=1,max=3,dive,required,max=500"`
	Categories       []string        `validate:"min=1,max=3,unique,dive,required,max=255"`
	SKU              string          `validate:"max=100"`
	Logo             string          `validate:"required,max=2048,startswith=https://,url"`
	Keywords         []string        `validate:"min=1,max=15,unique,dive,required,max=50"`
	Links            []taggedLink    `validate:"max=3,dive"`
	Video            string          `validate:"omitempty,max=2048,startswith=https://,url"`
	Support          *taggedSupport  `validate:"required"`
	Versions         []taggedVersion `validate:"min=1,unique=Number,dive"`
	Offer            *taggedOffer    `validate:"required"`
}

type taggedLink struct {
	Text string `validate:"required,max=500"`
	URL  string `validate:"required,http_url"`
}

type taggedSupport struct {
	Offered bool
	Details string `validate:"required_if=Offered true,excluded_unless=Offered true,max=2000"`
}

type taggedVersion struct {
	Number       string        `validate:"required,max=64,printascii"`
	Resource     string        `validate:"required,startswith=arn:aws:sagemaker:"`
	AccessRole   string        `validate:"required,startswith=arn:aws:iam::,contains=:role/"`
	Status       string        `validate:"omitempty,oneof=restricted"`
	ReleaseNotes string        `validate:"required,max=29999"`
	Notebook     string        `validate:"required,max=2000,startswith=https://github.com/,url"`
	Repository   string        `validate:"required,max=2000,startswith=https://,url"`
	Usage        string        `validate:"required,max=10000"`
	Input        taggedMessage `validate:"required"`
	Output       taggedMessage `validate:"required"`
	Batch        string        `validate:"required,max=24,startswith=ml."`
	RealTime     string        `validate:"required,max=24,startswith=ml."`
	Training     string        `validate:"omitempty,max=24,startswith=ml."`
}

type taggedMessage struct {
	Description string       `validate:"required,max=10000,contains=/"`
	Limitations string       `validate:"max=1000"`
	RealTime    taggedSample `validate:"required"`
	Batch       taggedSample `validate:"required"`
	Fields      []taggedText `validate:"max=35,dive"`
	Attributes  []taggedText `validate:"max=35,dive"`
}

type taggedSample struct {
	Text string `validate:"required_without=URL,excluded_with=URL,max=10000"`
	URL  string `validate:"omitempty,max=10000,startswith=https://github.com/,url"`
}

type taggedText struct {
	Name        string `validate:"required,max=100,printascii"`
	Description string `validate:"required,max=1000"`
	Constraints string `validate:"max=1500"`
}

type taggedOffer struct {
	Name         string `validate:"required,max=150,excludesall=\\<>"`
	Description  string `validate:"required,max=255"`
	Model        string `validate:"oneof=free hourly 'per inference'"`
	TrialDays    int    `validate:"omitempty,min=5,max=31"`
	RefundPolicy string `validate:"required,max=500"`
	Standard     bool   `validate:"required_without=URL,excluded_with=URL"`
	URL          string `validate:"omitempty,max=32000,startswith=https://,url"`
}

func taggedOf(l listing.Listing) tagged {
	t := tagged{
		Kind: string(l.Kind), Visibility: string(l.Visibility), Title: l.Title, ShortDescription: l.ShortDescription, Overview: l.Overview,
		Highlights: l.Highlights, Categories: l.Categories, SKU: l.SKU, Logo: l.Promotion.Logo, Keywords: l.Promotion.Keywords, Video: l.Promotion.Video,
	}
	for _, b := range l.Buyers {
		t.Buyers = append(t.Buyers, string(b))
	}
	for _, link := range l.Promotion.Links {
		t.Links = append(t.Links, taggedLink(link))
	}
	if l.Support != nil {
		t.Support = &taggedSupport{l.Support.Offered, l.Support.Details}
	}
	for _, v := range l.Versions {
		tv := taggedVersion{
			Number: v.Number, Resource: string(v.Resource), AccessRole: string(v.AccessRole), Status: string(v.Status), ReleaseNotes: v.ReleaseNotes,
			Notebook: v.Notebook, Repository: v.Repository, Usage: v.Usage,
			Input:  taggedMessage{Description: v.Input.Description, Limitations: v.Input.Limitations, RealTime: taggedSample(v.Input.RealTime), Batch: taggedSample(v.Input.Batch)},
			Output: taggedMessage{Description: v.Output.Description, RealTime: taggedSample(v.Output.RealTime), Batch: taggedSample(v.Output.Batch)},
			Batch:  v.Recommended.Batch, RealTime: v.Recommended.RealTime, Training: v.Recommended.Training,
		}
		for _, p := range v.Input.Parameters {
			tv.Input.Fields = append(tv.Input.Fields, taggedText{p.Name, p.Description, p.Constraints})
		}
		for _, p := range v.Input.CustomAttributes {
			tv.Input.Attributes = append(tv.Input.Attributes, taggedText{p.Name, p.Description, p.Constraints})
		}
		for _, f := range v.Output.Fields {
			tv.Output.Fields = append(tv.Output.Fields, taggedText{f.Name, f.Description, ""})
		}
		t.Versions = append(t.Versions, tv)
	}
	if o := l.Offer; o != nil {
		t.Offer = &taggedOffer{o.Name, o.Description, string(o.Model), o.TrialDays, o.RefundPolicy, o.EULA.Standard, o.EULA.URL}
	}
	return t
}

// beyondTags are the faults that no tag can state: characters at the beginning, words
// that a text must or must not have.
var beyondTags = map[string]bool{"overview": true, "versions[0].usage": true, "versions[0].input.description": true, "promotion.video": true}

func checkAgainstTags(_ context.Context, r row, o options) (result, error) {
	tags := validator.New(validator.WithRequiredStructEnabled())
	l := lifecycletest.ModelPackage()
	for _, f := range faults {
		broken := l.Clone()
		f.make(&broken)
		t := taggedOf(broken)
		if !beyondTags[f.path] && tags.Struct(&t) == nil {
			return result{}, fmt.Errorf("tags find nothing wrong with %s", f.path)
		}
	}
	t := taggedOf(l)
	return timed(r, o,
		func() error { return listing.Check(l).Err() },
		func() error { return tags.Struct(&t) })
}
