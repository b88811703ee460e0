package rest

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/fnv"
	"io"
	"maps"
	"net/http"
	"slices"
	"sync"

	"cubby/locker/ledger"
	"cubby/sync/strict"
)

// MergePatch is the media type of the body of a PATCH: JSON Merge Patch, RFC 7396.
const MergePatch = "application/merge-patch+json"

// A Patch is such a body, which must be an object: nothing here is anything else.
type Patch struct{ members map[string]any }

// PatchTries is how often a patch is merged anew when somebody else was quicker.
const PatchTries = 5

// ReadPatch reads the body of a PATCH. fixed are members of what is read that nobody
// changes so.
func (x *Exchange) ReadPatch(fixed ...string) (p Patch, err error) {
	err = x.Body(func(b []byte) (err error) {
		p, err = ParsePatch(b)
		return err
	})
	var all []*ledger.Refusal
	for _, name := range slices.Sorted(maps.Keys(p.members)) {
		if slices.Contains(fixed, name) {
			all = append(all, ledger.Refuse(ledger.Invalid, "fixed-member",
				"%s says how it is and cannot be changed by a patch; leave it out", name).At("/"+name))
		}
	}
	if err == nil && len(all) > 0 {
		err = all[0].And(all[1:]...)
	}
	return p, err
}

// ParsePatch reads a patch. A member that is there twice is refused.
func ParsePatch(text []byte) (Patch, error) {
	p := Patch{map[string]any{}}
	err := strict.Object(text, func(r *strict.Reader, name string) (err error) {
		p.members[name], err = r.Value()
		return err
	})
	return p, err
}

// Names reports whether a patch says something of a member, if only that it goes.
func (p Patch) Names(member string) bool { _, there := p.members[member]; return there }

// On is a document with the patch merged into it. A member that the patch removes is null
// there: bodies say as much by that as by leaving it out, and a name that is not known is
// refused with any value.
func (p Patch) On(document []byte) ([]byte, error) { return p.on(document, true) }

func (p Patch) on(document []byte, keepNull bool) ([]byte, error) {
	read := json.NewDecoder(bytes.NewReader(document))
	read.UseNumber() // amounts do not fit into a float64
	var target any
	if err := read.Decode(&target); err != nil {
		return nil, err
	}
	return json.Marshal(merge(target, p.members, keepNull))
}

// Merge is a document with the patch merged into it: as On has it, to be checked, and as it
// is kept.
func (p Patch) Merge(document []byte) (checked, kept []byte, err error) {
	if checked, err = p.On(document); err == nil {
		kept, err = p.on(document, false)
	}
	return checked, kept, err
}

// merge is MergePatch of RFC 7396, section 2. keepNull leaves null for members that go.
func merge(target, patch any, keepNull bool) any {
	members, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	into, ok := target.(map[string]any)
	if !ok {
		into = map[string]any{}
	}
	for name, value := range members {
		switch {
		case value != nil:
			into[name] = merge(into[name], value, keepNull)
		case keepNull:
			into[name] = nil
		default:
			delete(into, name)
		}
	}
	return into
}

// turns are whose turn it is at a resource. Two of them may share one: it costs a moment.
type turns [64]sync.Mutex

// of waits for the turn at a resource, and returns what ends it.
func (t *turns) of(path string) (end func()) {
	sum := fnv.New32a()
	io.WriteString(sum, path)
	one := &t[sum.Sum32()%uint32(len(t))]
	one.Lock()
	return one.Unlock
}

// Change is what Patched does with a document that it has merged. cond holds while what
// was read is still there.
type Change func(document []byte, cond ledger.Condition) error

// Patched merges a patch into a resource: it reads the document that a PUT would send to
// have it as it is, merges, and has the result put, on condition that nobody was quicker.
// Then it begins anew, unless the request has conditions of its own. Patches of one resource
// wait for each other, so that many at once do not use up each other's tries.
func (x *Exchange) Patched(
	p Patch, read func() (document []byte, rev int64, err error), change Change,
) error {
	given := len(x.r.Header["If-Match"]) > 0 || len(x.r.Header["If-None-Match"]) > 0
	if !given {
		defer x.surface.server.patches.of(x.r.URL.Path)()
	}
	for tries := 1; ; tries++ {
		document, rev, err := read()
		if err != nil {
			return err
		}
		cond, err := x.Condition(func() (int64, error) { return rev, nil })
		if err != nil {
			return err
		}
		if err := cond.Check("resource", rev, true); err != nil {
			return failed
		}
		if document, err = p.On(document); err != nil {
			return err
		}
		err = change(document, ledger.Condition{IfMatch: &rev})
		r, refused := errors.AsType[*ledger.Refusal](err)
		if !refused || r.Code != ledger.Precondition || given || tries == PatchTries {
			return err
		}
	}
}

// acceptPatch says in the answer to another media type which one a PATCH takes (RFC 5789,
// section 2.2).
func (x *Exchange) acceptPatch() {
	if x.r.Method == http.MethodPatch {
		x.Header()["Accept-Patch"] = []string{x.e.Media}
	}
}
