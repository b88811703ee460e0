package rest

import (
	"cmp"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"cubby/sync/problem"
)

// media refuses a body that is not of the media type and the encoding its route takes.
func (x *Exchange) media() error {
	if x.e.Media == "" && !x.e.Gzip {
		return jsonOnly(x.r.Header)
	}
	h := http.Header{"Content-Type": x.r.Header["Content-Type"]}
	if encoding := x.r.Header.Get("Content-Encoding"); !x.e.Gzip || !strings.EqualFold(encoding, "gzip") {
		h["Content-Encoding"] = x.r.Header["Content-Encoding"]
	}
	if x.e.Media != "" && len(h["Content-Type"]) == 1 {
		media, params, _ := strings.Cut(h["Content-Type"][0], ";")
		if strings.EqualFold(strings.TrimSpace(media), x.e.Media) {
			h["Content-Type"] = []string{"application/json;" + params}
		} else {
			delete(h, "Content-Type")
		}
	}
	if jsonOnly(h) == nil {
		return nil
	}
	x.acceptPatch()
	packed := "not compressed"
	if x.e.Gzip {
		packed = "plain or packed with gzip"
	}
	return problem.New(http.StatusUnsupportedMediaType, "not-json",
		"send the body as JSON in UTF-8, "+packed+", with Content-Type: "+cmp.Or(x.e.Media, "application/json"))
}

// unpacked is the body as it is read: unpacked, where it is packed and may be. What is
// packed is bounded too: a member of gzip may hold nothing, and then a million of them do.
func (x *Exchange) unpacked(most int) (io.Reader, error) {
	if !x.e.Gzip || !strings.EqualFold(x.r.Header.Get("Content-Encoding"), "gzip") {
		return x.r.Body, nil
	}
	text, err := gzip.NewReader(http.MaxBytesReader(nil, x.r.Body, int64(most)))
	if err != nil {
		return nil, x.unreadable(err, most)
	}
	return text, nil
}

// unreadable says why a body could not be read to its end.
func (x *Exchange) unreadable(err error, most int) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	_, large := errors.AsType[*http.MaxBytesError](err)
	switch {
	case large:
		return x.tooLarge(most)
	case corrupt, errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return problem.New(http.StatusBadRequest, "bad-gzip",
			"the body is not what Content-Encoding says: it could not be unpacked with gzip")
	}
	return problem.New(http.StatusBadRequest, "body-broken-off",
		"the body could not be read to its end; send the request again")
}
