package api

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"cubby/sync/problem"
	"cubby/sync/protocol"
	"cubby/sync/rest"
)

// snapshot sends all that a station has to know, or the part of it that the station has
// not got yet (RFC 9110, section 14): a slow line breaks off, and goes on where it was.
func (f lineFamily) snapshot(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	cursor, packed, sum, err := f.hub.Snapshot(x.Context(), station)
	if err != nil {
		return err
	}
	if done, err := x.Unchanged(sum); done || err != nil {
		return err
	}
	h := x.Header()
	x.Tagged(sum)
	h.Set("Accept-Ranges", "bytes")
	h.Set(protocol.HeaderCursor, cursor)
	h.Set(protocol.HeaderSHA256, sum)
	status, first, end, err := ranged(x.Request().Header, `"`+sum+`"`, len(packed))
	if err != nil {
		h.Set("Content-Range", fmt.Sprintf("bytes */%d", len(packed)))
		return err
	}
	h.Set("Content-Encoding", "gzip")
	if status == http.StatusPartialContent {
		h.Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, end-1, len(packed)))
	}
	return x.Send(status, []string{protocol.Snapshot}, packed[first:end])
}

// ranged finds the part that is asked for, of a body of so many bytes with this tag. More
// than one range, and what is no range, means the whole (RFC 9110, section 14.2).
func ranged(h http.Header, tag string, size int) (status, first, end int, err error) {
	text, bytes := strings.CutPrefix(h.Get("Range"), "bytes=")
	if condition := h.Get("If-Range"); !bytes || condition != "" && condition != tag {
		return http.StatusOK, 0, size, nil
	}
	from, to, is := strings.Cut(strings.TrimSpace(text), "-")
	if !is || from == "" && to == "" {
		return http.StatusOK, 0, size, nil
	}
	first, end = 0, size
	for _, one := range []string{from, to} {
		if strings.Trim(one, "0123456789") != "" {
			return http.StatusOK, 0, size, nil
		}
	}
	number := func(text string) int {
		n, err := strconv.Atoi(text)
		if err != nil { // more than an int holds is behind every end
			n = size
		}
		return min(n, size)
	}
	switch {
	case from == "": // the last so many
		first = size - number(to)
	case to == "":
		first = number(from)
	default:
		first = number(from)
		end = min(number(to)+1, size)
		if number(to) < first && first < size {
			return http.StatusOK, 0, size, nil // no range: it ends before it begins
		}
	}
	if first >= size {
		return 0, 0, 0, problem.New(http.StatusRequestedRangeNotSatisfiable, "range-behind-the-end",
			"the snapshot has "+strconv.Itoa(size)+" bytes; ask for it again from the beginning")
	}
	return http.StatusPartialContent, first, end, nil
}
