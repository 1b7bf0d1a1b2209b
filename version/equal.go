package version

import "slices"

// Equal reports whether v and other are the same document: they have the same
// value in every field and the same entries, in the same order, in every list.
// A nil list equals an empty one. Equal does not allocate.
func (v Version) Equal(other Version) bool {
	return v.Number == other.Number &&
		v.Resource == other.Resource &&
		v.AccessRole == other.AccessRole &&
		v.Status == other.Status &&
		v.ReleaseNotes == other.ReleaseNotes &&
		v.Notebook == other.Notebook &&
		v.Repository == other.Repository &&
		v.Usage == other.Usage &&
		v.Training.equal(other.Training) &&
		v.Input.equal(other.Input) &&
		v.Output.equal(other.Output) &&
		v.Recommended == other.Recommended
}

func (t *Training) equal(other *Training) bool {
	return t == other || t != nil && other != nil && *t == *other
}

func (i Input) equal(other Input) bool {
	return i.Description == other.Description &&
		i.Limitations == other.Limitations &&
		i.RealTime == other.RealTime &&
		i.Batch == other.Batch &&
		slices.Equal(i.Parameters, other.Parameters) &&
		slices.Equal(i.CustomAttributes, other.CustomAttributes)
}

func (o Output) equal(other Output) bool {
	return o.Description == other.Description &&
		o.RealTime == other.RealTime &&
		o.Batch == other.Batch &&
		slices.Equal(o.Fields, other.Fields)
}
