package apitest

import (
	"net/http"
	"slices"

	"cubby/sync/pay"
)

// NoticeSecret signs the notices of payment providers that a bench takes.
const NoticeSecret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3"

// Notices are those that were taken in, signed with NoticeSecret, by the attempt they name.
type Notices struct{ Taken []string }

// Take takes one in.
func (n *Notices) Take(header http.Header, body []byte) error {
	hint := func(id string) { n.Taken = append(slices.Clip(n.Taken), id) }
	return (&pay.Notices{Secret: NoticeSecret, Hint: hint}).Take(header, body)
}
