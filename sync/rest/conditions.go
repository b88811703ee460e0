package rest

import (
	"net/http"
	"strconv"
	"strings"

	"cubby/locker/ledger"
	"cubby/sync/problem"
)

// A precondition is the value of If-Match or If-None-Match (RFC 9110,
// sections 13.1.1 and 13.1.2).
type precondition struct {
	given bool
	any   bool // "*"
	tags  []entityTag
}

// An entityTag is `"opaque"` or `W/"opaque"` (RFC 9110, section 8.8.3).
type entityTag struct {
	opaque string
	weak   bool
}

// maxTags bounds the list of one header.
const maxTags = 32

// parsePrecondition reads all lines of the header.
func parsePrecondition(h http.Header, name string) (p precondition, err error) {
	lines := h[name]
	if len(lines) == 0 {
		return p, nil
	}
	p.given = true
	bad := problem.BadParameter(name, `must be * or a list of tags in quotes, such as "7"`)
	text := strings.Trim(strings.Join(lines, ","), " \t")
	if text == "*" {
		p.any = true
		return p, nil
	}
	for {
		text = strings.TrimLeft(text, " \t,")
		if text == "" {
			break
		}
		var tag entityTag
		if text, tag.weak = strings.CutPrefix(text, "W/"); !strings.HasPrefix(text, `"`) {
			return p, bad
		}
		end := strings.IndexByte(text[1:], '"') + 1
		if end == 0 || len(p.tags) == maxTags {
			return p, bad
		}
		tag.opaque, text = text[1:end], strings.TrimLeft(text[end+1:], " \t")
		if strings.ContainsFunc(tag.opaque, func(r rune) bool { return r <= ' ' || r == 0x7f }) ||
			text != "" && text[0] != ',' {
			return p, bad
		}
		p.tags = append(p.tags, tag)
	}
	if len(p.tags) == 0 {
		return p, bad
	}
	return p, nil
}

// strong reports whether the header names the tag by strong comparison.
func (p precondition) strong(opaque string) bool {
	for _, t := range p.tags {
		if !t.weak && t.opaque == opaque {
			return true
		}
	}
	return p.any
}

// weak reports whether the header names the tag by weak comparison.
func (p precondition) weak(opaque string) bool {
	for _, t := range p.tags {
		if t.opaque == opaque {
			return true
		}
	}
	return p.any
}

func preconditions(h http.Header) (match, none precondition, err error) {
	if match, err = parsePrecondition(h, "If-Match"); err == nil {
		none, err = parsePrecondition(h, "If-None-Match")
	}
	return match, none, err
}

// Tag is the entity tag of a revision, without its quotes.
func Tag(rev int64) string { return strconv.FormatInt(rev, 10) }

// Tagged sets ETag to a revision.
func (x *Exchange) Tagged(opaque string) { x.Header()["Etag"] = []string{`"` + opaque + `"`} }

var failed = ledger.Refuse(ledger.Precondition, "changed-meanwhile",
	"the condition does not hold for what is here now; read it again and decide anew")

// Unchanged evaluates the conditions of a GET. done reports that 304 was answered.
func (x *Exchange) Unchanged(opaque string) (done bool, err error) {
	match, none, err := preconditions(x.r.Header)
	if err != nil {
		return false, err
	}
	if match.given && !match.strong(opaque) {
		return false, failed
	}
	if none.given && none.weak(opaque) {
		x.Tagged(opaque)
		x.WriteHeader(http.StatusNotModified)
		return true, nil
	}
	return false, nil
}

// Condition turns the headers of a write into what the station can check in
// the same commit. Whatever needs the present revision to be decided is
// decided on it and then bound to it, so that nothing can slip in between;
// present reads that revision, and refuses as NotFound when there is none.
func (x *Exchange) Condition(present func() (rev int64, err error)) (c ledger.Condition, err error) {
	match, none, err := preconditions(x.r.Header)
	if err != nil || !match.given && !none.given {
		return c, err
	}
	if none.any && !match.given {
		return ledger.Condition{IfNoneMatchAny: true}, nil
	}
	if !none.given && len(match.tags) == 1 && !match.tags[0].weak {
		if rev, err := strconv.ParseInt(match.tags[0].opaque, 10, 64); err == nil &&
			Tag(rev) == match.tags[0].opaque {
			return ledger.Condition{IfMatch: &rev}, nil
		}
		return c, failed
	}
	rev, err := present()
	if ledger.CodeOf(err) == ledger.NotFound {
		if match.given {
			return c, failed
		}
		return ledger.Condition{IfNoneMatchAny: true}, nil
	}
	if err != nil {
		return c, err
	}
	if match.given && !match.strong(Tag(rev)) || none.given && none.weak(Tag(rev)) {
		return c, failed
	}
	if match.any && !none.given {
		return c, nil // it exists, and nothing here is ever un-announced
	}
	return ledger.Condition{IfMatch: &rev}, nil
}
