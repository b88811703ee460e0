package rest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"cubby/sync/problem"
)

// maxBody bounds the body of a request, in bytes, where its route says nothing else.
const maxBody = 64 << 10

var bodies = sync.Pool{New: func() any { b := make([]byte, maxBody+1); return &b }}

// Body reads the JSON body and hands it to use, which must not keep it.
func (x *Exchange) Body(use func([]byte) error) error {
	if err := x.media(); err != nil {
		return err
	}
	return x.bytes(use)
}

// optionalBody is Body, and nothing where there is no body: a client may send none,
// or announce one and then send nothing (chunked and empty, a line end, a mark of UTF-8).
func (x *Exchange) optionalBody(use func([]byte) error) error {
	if x.r.ContentLength == 0 || x.r.Body == nil || x.r.Body == http.NoBody {
		return nil
	}
	return x.bytes(func(b []byte) error {
		if isBlank(b) {
			return nil
		}
		if err := jsonOnly(x.r.Header); err != nil {
			return err
		}
		return use(b)
	})
}

// isBlank reports whether a body says nothing: white space of JSON, and at most a
// byte order mark before it.
func isBlank(b []byte) bool {
	return len(bytes.Trim(bytes.TrimPrefix(b, []byte("\ufeff")), " \t\r\n")) == 0
}

// Pour writes the body, whatever it is, as it comes: for files that are too large to be
// held. It may take so long, which is more than others are given; the caller goes on with
// Exchange.Fresh.
func (x *Exchange) Pour(to io.Writer, patience time.Duration) error {
	most := cmp.Or(x.e.MaxBody, maxBody)
	if x.r.ContentLength > int64(most) {
		return x.tooLarge(most)
	}
	// Where there is no connection there is no deadline either.
	control, end := http.NewResponseController(x.ResponseWriter), time.Now().Add(patience)
	control.SetReadDeadline(end)
	control.SetWriteDeadline(end.Add(writePatience))
	x.waited = true
	n, err := io.Copy(onto{to}, io.LimitReader(x.r.Body, int64(most)+1))
	var fault *pourError
	switch {
	case errors.As(err, &fault):
		return fault.error
	case err != nil:
		return x.unreadable(err, most)
	case n > int64(most):
		return x.tooLarge(most)
	}
	x.read = true
	return nil
}

// onto tells faults of the writer from those of the connection.
type onto struct{ to io.Writer }

type pourError struct{ error }

func (o onto) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil {
		err = &pourError{err}
	}
	return n, err
}

// Patient gives an answer that is long so much time to be taken.
func (x *Exchange) Patient(patience time.Duration) {
	x.waited = true
	http.NewResponseController(x.ResponseWriter).SetWriteDeadline(time.Now().Add(patience))
}

// bytes reads the body to its end, whatever it is.
func (x *Exchange) bytes(use func([]byte) error) error {
	most := cmp.Or(x.e.MaxBody, maxBody)
	if x.r.ContentLength > int64(most) {
		return x.tooLarge(most)
	}
	text, err := x.unpacked(most)
	if err != nil {
		return err
	}
	pooled := bodies.Get().(*[]byte)
	defer bodies.Put(pooled)
	buffer := pooled
	n := 0
	for ended := false; !ended; {
		if n > most {
			return x.tooLarge(most)
		}
		if n == len(*buffer) { // only where the route takes more than most do
			larger := append(*buffer, make([]byte, min(n, most+1-n))...)
			buffer = &larger
		}
		got, err := text.Read((*buffer)[n:])
		n += got
		if ended = errors.Is(err, io.EOF); err != nil && !ended {
			return x.unreadable(err, most)
		}
	}
	x.read = true
	if n > most {
		return x.tooLarge(most)
	}
	return use((*buffer)[:n])
}

func (x *Exchange) tooLarge(most int) error {
	x.Header().Set("Connection", "close")
	return problem.New(http.StatusRequestEntityTooLarge, "body-too-large",
		fmt.Sprintf("a body has at most %d bytes", most))
}

// jsonOnly refuses bodies that are not plain JSON in UTF-8. The media type has no
// parameters (RFC 8259, section 11): those that are sent mean nothing, unless one
// says that the text is in another encoding.
func jsonOnly(h http.Header) error {
	types := h["Content-Type"]
	ok := len(types) == 1 && types[0] == "application/json"
	if !ok && len(types) == 1 {
		media, params, _ := strings.Cut(types[0], ";")
		ok = strings.EqualFold(strings.TrimSpace(media), "application/json")
		for param := range strings.SplitSeq(params, ";") {
			name, value, given := strings.Cut(param, "=")
			if given && strings.EqualFold(strings.TrimSpace(name), "charset") {
				ok = ok && namesUTF8(value)
			}
		}
	}
	if encoding := h.Get("Content-Encoding"); !ok ||
		encoding != "" && !strings.EqualFold(encoding, "identity") {
		return problem.New(http.StatusUnsupportedMediaType, "not-json",
			"send the body as plain JSON in UTF-8, not compressed, with Content-Type: application/json")
	}
	return nil
}

// namesUTF8 reports whether a charset is UTF-8, under any of the names that the
// WHATWG Encoding standard and IANA's list of character sets have for it.
func namesUTF8(charset string) bool {
	name := strings.ToLower(strings.Trim(charset, " \t\"'"))
	switch strings.NewReplacer("-", "", "_", "").Replace(name) {
	case "", "utf8", "csutf8", "unicode11utf8", "unicode20utf8", "xunicode20utf8":
		return true
	}
	return false
}
