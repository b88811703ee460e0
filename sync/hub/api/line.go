package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"cubby/locker/ledger"
	"cubby/locker/plain"
	"cubby/sync/catalogue"
	"cubby/sync/hub"
	"cubby/sync/problem"
	"cubby/sync/protocol"
	"cubby/sync/rest"
	"cubby/sync/strict"
)

//go:embed line.json
var lineFragment []byte

// Line is the centre's end of the line to its stations.
type Line interface {
	// Enrol lets a station join with a one-time code. Codes that are wrong, used or too
	// old are refused with one and the same *ledger.Refusal.
	Enrol(ctx context.Context, e protocol.Enrol) (protocol.Enrolled, error)
	// Push takes in what a station has published, answering after the commit. What does
	// not follow on what is here is refused with a *hub.GapError.
	Push(ctx context.Context, station, epoch string, after int64, batch []json.RawMessage) (
		protocol.Pushed, error)
	BeginEpoch(ctx context.Context, station string, e protocol.Epoch) (protocol.Mark, error)
	Mark(ctx context.Context, station string) (protocol.Mark, error)
	// Changes are those behind a cursor; one that cannot be gone on from is refused as Gone.
	Changes(ctx context.Context, station, cursor string, limit int) (protocol.Page, error)
	// Told is closed at the next change for any station. Take a new one before every read
	// whose emptiness is waited upon.
	Told() <-chan struct{}
	// Snapshot is all that a station has to know, packed; the same bytes as long as
	// nothing has changed.
	Snapshot(ctx context.Context, station string) (cursor string, packed []byte, sha256 string, err error)
	Digest(ctx context.Context, station string, d protocol.Digest) (protocol.Digested, error)
	About(ctx context.Context, station string, a protocol.About) error
	// Seen notes that a station has asked for something.
	Seen(station string)
}

// mayJoin is the right of a station's key, for the station's own addresses.
const mayJoin = "line"

// maxAbout bounds what a station says of itself, in bytes: its wall and its devices.
const maxAbout = 512 << 10

type lineFamily struct {
	hub    Line
	offers *catalogue.Store // nil: none
}

// line is the family of what stations ask for.
func line(h Line, offers *catalogue.Store) rest.Family {
	f := lineFamily{h, offers}
	const at = "/sync/v1/stations/{station}"
	return rest.Family{Name: "line", Fragment: lineFragment, Routes: append(f.offersRoutes(at), []rest.Route{
		{Method: "POST", Path: "/sync/v1/enrol", Entry: rest.Open,
			Run: rest.Plain(f.enrol), MaxBody: maxAbout},
		{Method: "POST", Path: at + "/events", Repeat: rest.Again, Scope: mayJoin, Run: rest.Plain(f.push),
			Query: []string{"epoch", "after"}, Media: protocol.Batch, Gzip: true, MaxBody: protocol.MaxBody},
		{Method: "GET", Path: at + "/mark", Scope: mayJoin, Run: rest.Plain(f.mark)},
		{Method: "POST", Path: at + "/epochs", Repeat: rest.Again, Scope: mayJoin,
			Run: rest.Plain(f.beginEpoch)},
		{Method: "GET", Path: at + "/changes", Scope: mayJoin, Run: rest.Plain(f.changes),
			Query: []string{"cursor", "limit", "wait"}},
		{Method: "GET", Path: at + "/snapshot", Scope: mayJoin, Run: rest.Plain(f.snapshot)},
		{Method: "POST", Path: at + "/digest", Repeat: rest.Again, Scope: mayJoin, Run: rest.Plain(f.digest)},
		{Method: "PUT", Path: at + "/about", Scope: mayJoin, Run: rest.Plain(f.about), MaxBody: maxAbout,
			Gzip: true},
	}...)}
}

var noSuchStation = ledger.Refuse(ledger.NotFound, "no-such-station", "there is no station with this id here")

// stationKey begins the names of stations' keys; its id follows.
const stationKey = "station:"

// station is whose address was asked, which is whose key was sent: another one's address
// answers as one that is not there.
func (f lineFamily) station(x *rest.Exchange) (string, error) {
	id := x.Var("station")
	if x.Client() != stationKey+id {
		return "", noSuchStation
	}
	f.hub.Seen(id)
	return id, nil
}

// enrol lets a station join. Whoever guesses codes is made to wait, by address here and
// over all addresses by the hub.
func (f lineFamily) enrol(x *rest.Exchange) error {
	e, err := lenient[protocol.Enrol](x)
	if err != nil {
		return err
	}
	if !plain.Text(e.Code, 1, 64) {
		return ledger.Refuse(ledger.Invalid, "enrol-code", "must be the code of the invitation").At("/code")
	}
	if err := checkAbout(e.About, "/about"); err != nil {
		return err
	}
	joined, err := f.hub.Enrol(x.Context(), e)
	r, refused := errors.AsType[*ledger.Refusal](err)
	if refused && r.Code == ledger.Unavailable { // too many were tried, from wherever
		return problem.New(http.StatusTooManyRequests, r.Slug, r.Message).Again(5)
	}
	if refused {
		return x.Refused(err)
	}
	if err != nil {
		return err
	}
	if joined.RootKeys == nil {
		joined.RootKeys = []string{}
	}
	return x.Encode(http.StatusCreated, joined)
}

func (f lineFamily) push(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	epoch := x.Query().Get("epoch")
	if !strict.ValidID(epoch) {
		return problem.BadParameter("epoch", "must name the epoch of the facts")
	}
	after, err := strconv.ParseInt(x.Query().Get("after"), 10, 64)
	if err != nil || after < 0 {
		return problem.BadParameter("after",
			"must be the sequence of the published fact before the first of the batch, 0 before the very first")
	}
	var batch []json.RawMessage
	if err := x.Body(func(b []byte) error {
		if json.Unmarshal(b, &batch) != nil || batch == nil {
			return ledger.Refuse(ledger.Invalid, "malformed-json", "the body must be a JSON array of events")
		}
		return nil
	}); err != nil {
		return err
	}
	if len(batch) > protocol.MaxBatch {
		return problem.New(http.StatusRequestEntityTooLarge, "too-many-facts",
			"a push has at most "+strconv.Itoa(protocol.MaxBatch)+" facts; send the others with the next one")
	}
	pushed, err := f.hub.Push(x.Context(), station, epoch, after, batch)
	if err != nil {
		return lineProblem(err)
	}
	if pushed.Results == nil {
		pushed.Results = []protocol.Result{}
	}
	return x.Encode(http.StatusOK, pushed)
}

func (f lineFamily) mark(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	m, err := f.hub.Mark(x.Context(), station)
	if err != nil {
		return err
	}
	return x.Encode(http.StatusOK, m)
}

func (f lineFamily) beginEpoch(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	e, err := lenient[protocol.Epoch](x)
	switch {
	case err != nil:
		return err
	case !strict.ValidID(e.Epoch):
		return ledger.Refuse(ledger.Invalid, "epoch", "must have 1 to 64 characters of A-Z a-z 0-9 . _ : -").
			At("/epoch")
	case e.After < 0:
		return ledger.Refuse(ledger.Invalid, "after", "must be 0 or more").At("/after")
	}
	m, err := f.hub.BeginEpoch(x.Context(), station, e)
	if err != nil {
		return lineProblem(err)
	}
	return x.Encode(http.StatusOK, m)
}

// changes answers with a page of changes, waiting for one that is not empty.
func (f lineFamily) changes(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	q := x.Query()
	limit, err := rest.Number(q, "limit", 1, protocol.MaxChanges, protocol.MaxChanges)
	if err != nil {
		return err
	}
	wait, err := rest.Number(q, "wait", 0, int(rest.MaxWait/time.Second), 0)
	if err != nil {
		return err
	}
	cursor := q.Get("cursor")
	if len(cursor) > maxCursor {
		cursor = "unreadable" // which is answered as every other such one
	}
	page, err := poll(x, time.Duration(wait)*time.Second, f.hub.Told,
		func(ctx context.Context) (protocol.Page, bool, error) {
			page, err := f.hub.Changes(ctx, station, cursor, limit)
			return page, len(page.Changes) == 0, err
		})
	if err != nil {
		return err
	}
	if page.Changes == nil {
		page.Changes = []protocol.Change{}
	}
	return x.Encode(http.StatusOK, page)
}

// maxCursor bounds the text of a cursor, in bytes.
const maxCursor = 512

func (f lineFamily) digest(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	d, err := lenient[protocol.Digest](x)
	switch {
	case err != nil:
		return err
	case d.Through < 0:
		return ledger.Refuse(ledger.Invalid, "through", "must be 0 or more").At("/through")
	case d.Count < 0 || d.Count > math.MaxInt32:
		return ledger.Refuse(ledger.Invalid, "count", "must be how many lines there are").At("/count")
	case !isSHA256(d.SHA256):
		return ledger.Refuse(ledger.Invalid, "sha256", "must be 64 hexadecimal digits in lower case").At("/sha256")
	}
	answer, err := f.hub.Digest(x.Context(), station, d)
	if err != nil {
		return lineProblem(err)
	}
	return x.Encode(http.StatusOK, answer)
}

func isSHA256(text string) bool {
	for _, c := range text {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(text) == 64
}

func (f lineFamily) about(x *rest.Exchange) error {
	station, err := f.station(x)
	if err != nil {
		return err
	}
	a, err := lenient[protocol.About](x)
	if err != nil {
		return err
	}
	if err := checkAbout(a, ""); err != nil {
		return err
	}
	if err := f.hub.About(x.Context(), station, a); err != nil {
		return err
	}
	return x.Nothing()
}

// checkAbout bounds what a station says of itself. at is the pointer of the object.
func checkAbout(a protocol.About, at string) error {
	for _, text := range []struct {
		name, text  string
		least, most int
	}{
		{"/id", a.ID, 1, 64}, {"/name", a.Name, 0, 200}, {"/version", a.Version, 0, 64}, {"/zone", a.Zone, 0, 64},
	} {
		if !plain.Text(text.text, text.least, text.most) {
			return ledger.Refuse(ledger.Invalid, "text", "must be %d to %d characters of text %s",
				text.least, text.most, plain.Says).At(at + text.name)
		}
	}
	if len(a.Languages) > 50 {
		return ledger.Refuse(ledger.Invalid, "too-many", "at most 50 entries are allowed").At(at + "/languages")
	}
	for i, tag := range a.Languages {
		if !plain.Text(tag, 1, 35) {
			return ledger.Refuse(ledger.Invalid, "language", "must be a language tag, such as en or zh-Hans").
				At(at + "/languages/" + strconv.Itoa(i))
		}
	}
	if a.Outbox.Waiting < 0 {
		return ledger.Refuse(ledger.Invalid, "waiting", "must be 0 or more").At(at + "/outbox/waiting")
	}
	return nil
}

// lineProblem adds to a refusal how far the hub has the station's facts.
func lineProblem(err error) error {
	gap, is := errors.AsType[*hub.GapError](err)
	if !is {
		return err
	}
	p := problem.New(http.StatusConflict, gap.Slug, gap.Detail)
	if p.Mark, err = json.Marshal(gap.Mark); err != nil {
		return err
	}
	return p
}
