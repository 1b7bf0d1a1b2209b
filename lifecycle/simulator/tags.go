package simulator

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// tag is one mark on an entity or a change set.
type tag struct{ Key, Value string }

// maxTags is how many tags a resource may have. The shapes would let 200 pass.
const maxTags = 50

var (
	tagPattern = regexp.MustCompile(`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`)
	tagsShape  = list(1, 200, object(
		need("Key", text(1, 128, tagPattern)),
		need("Value", text(0, 256, tagPattern)),
	))
	arnPattern     = regexp.MustCompile(`^arn:[\w+=/,.@-]+:aws-marketplace:[\w+=/,.@-]*:[0-9]+:[\w+=,.@-]+(/[\w+=,.@-]+)*$`)
	arnShape       = need("ResourceArn", text(1, 255, arnPattern))
	tagCatalog     = may("Catalog", catalogShape) // one page of AWS requires it, the model does not have it
	taggedResource = regexp.MustCompile(`^arn:aws:aws-marketplace:us-east-1:(\d{12}):AWSMarketplace/(\w+)/([\w-]+)$`)

	tagResourceShape   = object(arnShape, tagCatalog, need("Tags", tagsShape))
	untagResourceShape = object(arnShape, tagCatalog, need("TagKeys", list(1, 200, text(1, 128, tagPattern))))
	listTagsShape      = object(arnShape, tagCatalog)
)

// checkTags refuses what the shape of a list of tags cannot.
func checkTags(f *findings, path string, tags []tag) {
	if len(tags) > maxTags {
		f.add(badField, path, "has %d tags; a resource may have %d", len(tags), maxTags)
	}
	seen := map[string]bool{}
	for i, t := range tags {
		if seen[t.Key] {
			f.add(badField, fmt.Sprintf("%s[%d].Key", path, i), "%.128q is there twice", t.Key)
		}
		seen[t.Key] = true
	}
}

// with returns the tags with others put over them, sorted by key.
func with(tags, others []tag) []tag {
	values := map[string]string{}
	for _, t := range append(append([]tag{}, tags...), others...) {
		values[t.Key] = t.Value
	}
	all := make([]tag, 0, len(values))
	for _, key := range sortedKeys(values) {
		all = append(all, tag{key, values[key]})
	}
	return all
}

// tagsOf finds the tags of the resource, and the key of its record.
func (st *state) tagsOf(seller, arn string) (tags *[]tag, key string, err error) {
	m := taggedResource.FindStringSubmatch(arn)
	switch {
	case m == nil:
		return nil, "", invalid(badField, "ResourceArn", "%.255q names no entity and no change set of the catalog", arn)
	case m[1] != seller:
		return nil, "", denied("%s belongs to another account", arn)
	case m[2] == "ChangeSet":
		if cs := st.changeSet(seller, m[3]); cs != nil {
			return &cs.Tags, numbered(keyChangeSet, uint64(cs.Number)), nil
		}
	default:
		if e := st.entity(seller, m[3]); e != nil && e.bareType() == m[2] {
			return &e.Tags, keyEntity + e.ID, nil
		}
	}
	return nil, "", notFound("%s does not exist", arn)
}

func (s *Simulator) tagResource(r *request) (any, error) {
	var in struct {
		ResourceArn string
		Tags        []tag
	}
	if err := r.decode(tagResourceShape, &in); err != nil {
		return nil, err
	}
	tags, key, err := s.st.tagsOf(r.seller, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var f findings
	checkTags(&f, "Tags", in.Tags)
	together := with(*tags, in.Tags)
	if len(together) > maxTags && len(in.Tags) <= maxTags {
		f.add(otherReason, "Tags", "would make %d tags; a resource may have %d", len(together), maxTags)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	*tags, r.mutates = together, true
	s.st.touch(key)
	return struct{}{}, nil
}

func (s *Simulator) untagResource(r *request) (any, error) {
	var in struct {
		ResourceArn string
		TagKeys     []string
	}
	if err := r.decode(untagResourceShape, &in); err != nil {
		return nil, err
	}
	tags, key, err := s.st.tagsOf(r.seller, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	var left []tag
	for _, t := range *tags {
		if !contains(in.TagKeys, t.Key) {
			left = append(left, t)
		}
	}
	*tags, r.mutates = left, true
	s.st.touch(key)
	return struct{}{}, nil
}

type tagsAnswer struct {
	ResourceArn string
	Tags        []tag
}

func (s *Simulator) listTagsForResource(r *request) (any, error) {
	var in struct{ ResourceArn string }
	if err := r.decode(listTagsShape, &in); err != nil {
		return nil, err
	}
	tags, _, err := s.st.tagsOf(r.seller, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return tagsAnswer{in.ResourceArn, append([]tag{}, *tags...)}, nil
}

// checkKept refuses tags in a state file that no call could have left there.
func checkKept(tags []tag) error {
	var f findings
	checkTags(&f, "Tags", tags)
	for _, t := range tags {
		if t.Key == "" || !tagPattern.MatchString(t.Key+t.Value) {
			f.add(badField, "Tags", "%.40q is no tag", t.Key)
		}
	}
	if !sort.SliceIsSorted(tags, func(a, b int) bool { return strings.Compare(tags[a].Key, tags[b].Key) < 0 }) {
		f.add(badField, "Tags", "are not in order")
	}
	if len(f.list) > 0 {
		return fmt.Errorf("field %s: %s", f.list[0].Field, f.list[0].Message)
	}
	return nil
}
