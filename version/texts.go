package version

import "github.com/shelflife-go/shelflife/listing/rule"

// Texts calls judge for every text of the version, with a report for its place and
// the path from there. Of a list that has more entries than the rules allow, it
// leaves out the rest.
func Texts(v Version, r rule.Report, judge func(r rule.Report, path, text string)) {
	judge(r, "number", v.Number)
	judge(r, "resource", string(v.Resource))
	judge(r, "accessRole", string(v.AccessRole))
	judge(r, "status", string(v.Status))
	judge(r, "releaseNotes", v.ReleaseNotes)
	judge(r, "notebook", v.Notebook)
	judge(r, "repository", v.Repository)
	judge(r, "usage", v.Usage)
	if v.Training != nil {
		judge(r, "training.data", v.Training.Data)
		judge(r, "training.example", v.Training.Example)
		judge(r, "training.overview", v.Training.Overview)
	}
	judge(r, "input.description", v.Input.Description)
	judge(r, "input.limitations", v.Input.Limitations)
	judge(r, "input.realTime.text", v.Input.RealTime.Text)
	judge(r, "input.realTime.url", v.Input.RealTime.URL)
	judge(r, "input.batch.text", v.Input.Batch.Text)
	judge(r, "input.batch.url", v.Input.Batch.URL)
	parameters(r, "input.parameters", v.Input.Parameters, judge)
	parameters(r, "input.customAttributes", v.Input.CustomAttributes, judge)
	judge(r, "output.description", v.Output.Description)
	judge(r, "output.realTime.text", v.Output.RealTime.Text)
	judge(r, "output.realTime.url", v.Output.RealTime.URL)
	judge(r, "output.batch.text", v.Output.Batch.Text)
	judge(r, "output.batch.url", v.Output.Batch.URL)
	for i, f := range v.Output.Fields[:min(len(v.Output.Fields), mostParameters)] {
		at := r.In("output.fields", i)
		judge(at, "name", f.Name)
		judge(at, "description", f.Description)
	}
	judge(r, "recommended.batch", v.Recommended.Batch)
	judge(r, "recommended.realTime", v.Recommended.RealTime)
	judge(r, "recommended.training", v.Recommended.Training)
}

func parameters(r rule.Report, list string, all []Parameter, judge func(r rule.Report, path, text string)) {
	for i, p := range all[:min(len(all), mostParameters)] {
		at := r.In(list, i)
		judge(at, "name", p.Name)
		judge(at, "description", p.Description)
		judge(at, "constraints", p.Constraints)
	}
}
