package rest

import (
	"context"
	"encoding/base64"
	"errors"
	"hash/crc32"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gorilla/mux"

	"cubby/locker"
	"cubby/locker/appendjson"
	"cubby/locker/label"
	"cubby/sync/problem"
)

// validID is the form of ids: 1 to 64 of A-Z a-z 0-9 . _ : -
func validID(s string) bool {
	if len(s) < 1 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == ':' || c == '-') {
			return false
		}
	}
	return true
}

// putParcel announces a parcel or replaces its announcement.
func (s *Server) putParcel(x *exchange) error {
	id := mux.Vars(x.r)["id"]
	if _, err := x.query(); err != nil {
		return err
	}
	if !validID(id) {
		return locker.BadParcelID()
	}
	var a locker.Announcement
	if err := x.body(func(b []byte) (err error) {
		a, err = readAnnouncement(b)
		return err
	}); err != nil {
		return err
	}
	cond, err := s.condition(x, id)
	if err != nil {
		return err
	}
	p, outcome, err := s.Station.Announce(x.ctx, id, a, cond, x.who.actor)
	if err != nil {
		return x.discreet(err)
	}
	if outcome == locker.Created {
		x.Header()["Location"] = []string{"/v1/parcels/" + id}
		return x.parcel(http.StatusCreated, p, nil)
	}
	return x.parcel(http.StatusOK, p, nil)
}

// discreet tells a caller who may not read parcels nothing about another one, which
// the rules name when two have the same label.
func (x *exchange) discreet(err error) error {
	var r *locker.Refusal
	if x.who.scopes&parcelsRead != 0 || !errors.As(err, &r) || r.Slug != "label-in-use" {
		return err
	}
	return locker.Refuse(r.Code, r.Slug, "this label belongs to another parcel; every parcel here needs its own label").At(r.Field)
}

// getParcel answers with a parcel and, while they are kept, its recipient's details.
func (s *Server) getParcel(x *exchange) error {
	id := mux.Vars(x.r)["id"]
	if _, err := x.query(); err != nil {
		return err
	}
	if !validID(id) {
		return noSuchParcel
	}
	p, recipient, err := s.Reader.Parcel(x.ctx, id)
	if err != nil {
		return sameNotFound(err)
	}
	if done, err := x.unchanged(opaque(p.Rev)); done || err != nil {
		return err
	}
	return x.parcel(http.StatusOK, p, recipient)
}

// eraseRecipient erases name, phone and e-mail of a parcel's recipient.
func (s *Server) eraseRecipient(x *exchange) error { return s.setParcel(x, s.Station.EraseRecipient) }

// cancelParcel ends a parcel that has not arrived.
func (s *Server) cancelParcel(x *exchange) error { return s.setParcel(x, s.Station.Cancel) }

type setting func(ctx context.Context, id string, cond locker.Condition, actor string) (locker.Parcel, error)

// setParcel does what needs no body and answers with the parcel.
func (s *Server) setParcel(x *exchange, set setting) error {
	id := mux.Vars(x.r)["id"]
	if _, err := x.query(); err != nil {
		return err
	}
	if err := x.noBody(); err != nil {
		return err
	}
	if !validID(id) {
		return noSuchParcel
	}
	cond, err := s.condition(x, id)
	if err != nil {
		return err
	}
	p, err := set(x.ctx, id, cond, x.who.actor)
	if err != nil {
		return sameNotFound(err)
	}
	return x.parcel(http.StatusOK, p, nil)
}

// holdParcel keeps a parcel from its bearer until it is released.
func (s *Server) holdParcel(x *exchange) error { return s.setHold(x, s.Station.Hold) }

// releaseParcel ends a hold.
func (s *Server) releaseParcel(x *exchange) error { return s.setHold(x, s.Station.Release) }

type holding func(ctx context.Context, id, reason string, cond locker.Condition, actor string) (locker.Parcel, error)

// setHold reads what holding and releasing have in common: a reason, if one is given.
func (s *Server) setHold(x *exchange, set holding) error {
	id := mux.Vars(x.r)["id"]
	if _, err := x.query(); err != nil {
		return err
	}
	var reason string
	if err := x.optionalBody(func(b []byte) (err error) {
		reason, err = readReason(b)
		return err
	}); err != nil {
		return err
	}
	if reason != "" {
		if err := locker.CheckText(reason, maxReason, "reason", "/reason"); err != nil {
			return err
		}
	}
	if !validID(id) {
		return noSuchParcel
	}
	cond, err := s.condition(x, id)
	if err != nil {
		return err
	}
	p, err := set(x.ctx, id, reason, cond, x.who.actor)
	if err != nil {
		return sameNotFound(err)
	}
	return x.parcel(http.StatusOK, p, nil)
}

// sameNotFound gives one answer for everything that is not here.
func sameNotFound(err error) error {
	if locker.CodeOf(err) == locker.NotFound {
		return noSuchParcel
	}
	return err
}

func (x *exchange) parcel(status int, p locker.Parcel, r *locker.Recipient) error {
	x.tagged(opaque(p.Rev))
	return x.answer(status, appendParcel(make([]byte, 0, 512), &p, r))
}

// parcelStates are the states a list can be restricted to.
var parcelStates = []locker.ParcelState{
	locker.Announced, locker.Booked, locker.Depositing, locker.Stored, locker.Collecting,
	locker.Collected, locker.DepositFailed, locker.Expired, locker.CounterHeld, locker.Cancelled,
}

// listParcels answers with a page of parcels ordered by id.
func (s *Server) listParcels(x *exchange) error {
	q, err := x.query("state", "order_id", "label", "limit", "page_token")
	if err != nil {
		return err
	}
	f, err := parcelFilter(q)
	if err != nil {
		return err
	}
	page, next, err := s.Reader.Parcels(x.ctx, f)
	if err != nil {
		return err
	}
	body := append(make([]byte, 0, 64+512*len(page)), `{"parcels":[`...)
	for i := range page {
		if i > 0 {
			body = append(body, ',')
		}
		body = appendParcel(body, &page[i], nil)
	}
	body = append(body, ']')
	if next != "" {
		body = appendjson.String(append(body, `,"next_page_token":`...), pageToken(next))
	}
	return x.answer(http.StatusOK, append(body, '}'))
}

func parcelFilter(q url.Values) (f locker.ParcelFilter, err error) {
	if f.Limit, err = number(q, "limit", 1, 100, 100); err != nil {
		return f, err
	}
	if q.Has("state") {
		f.State = locker.ParcelState(q.Get("state"))
		if !slices.Contains(parcelStates, f.State) {
			return f, problem.BadParameter("state", "must be one of "+listed(parcelStates))
		}
	}
	for _, text := range []struct {
		name string
		into *string
		most int
	}{{"order_id", &f.OrderID, 64}, {"label", &f.Label, label.MaxScan}} {
		if !q.Has(text.name) {
			continue
		}
		*text.into = q.Get(text.name)
		if n := utf8.RuneCountInString(*text.into); n < 1 || n > text.most {
			return f, problem.BadParameter(text.name, "must have 1 to "+strconv.Itoa(text.most)+" characters")
		}
	}
	if q.Get("page_token") != "" { // "page_token=" is how a loop asks before it has one
		if f.After, err = parsePageToken(q.Get("page_token")); err != nil {
			return f, err
		}
	}
	return f, nil
}

// listed is a list of words for people.
func listed[word ~string](words []word) string {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}

// pageToken hides the last id of a page: base64url of it and its CRC-32, four
// bytes, big endian.
func pageToken(after string) string {
	sum := crc32.ChecksumIEEE([]byte(after))
	return base64.RawURLEncoding.EncodeToString(append([]byte(after), byte(sum>>24), byte(sum>>16), byte(sum>>8), byte(sum)))
}

func parsePageToken(token string) (after string, err error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if n := len(b) - 4; err == nil && n >= 1 && validID(string(b[:n])) && pageToken(string(b[:n])) == token {
		return string(b[:n]), nil
	}
	return "", problem.BadParameter("page_token", "is not one this station has given out; begin again without it")
}
