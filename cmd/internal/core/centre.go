package core

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sys/unix"

	"cubby/cmd/internal/config"
	"cubby/locker/centre"
	"cubby/locker/health"
	"cubby/locker/ledger"
	"cubby/locker/people"
	"cubby/locker/secret"
	"cubby/locker/station"
	"cubby/locker/store"
	"cubby/locker/view"
	"cubby/sync/catalogue"
	"cubby/sync/protocol"
	"cubby/sync/uplink"
	"cubby/sync/uplink/down"
)

// line is the station's end of the line to its centre: it joins, works and leaves.
type line struct {
	station *station.Station
	store   *store.Store
	keys    *secret.Keys
	health  *health.Registry
	rules   *shopRules
	offers  *catalogue.Store // nil: nothing is sold
	note    func(device, state, detail string, at time.Time)
	devices func() []health.Device
	cfg     *config.Config
	log     *slog.Logger
	ctx     context.Context // ends with the core

	joining sync.Mutex // held while the station joins or leaves

	mu      sync.Mutex // guards what follows
	stop    context.CancelFunc
	working sync.WaitGroup

	up atomic.Pointer[uplink.Uplink] // nil: there is no line
}

func (l *line) file() string { return filepath.Join(l.cfg.Station.DataDir, "centre.json") }

// open goes on with the line there is.
func (l *line) open() error {
	is := l.station.Line()
	if is.Station == "" {
		if err := os.Remove(l.file()); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err // joining had not come to its end
		}
		return nil
	}
	c, err := uplink.ReadCredential(l.file())
	if err == nil && (c.Station != is.Station || c.URL != is.URL) {
		err = fmt.Errorf("the credential in %s belongs to another line", l.file())
	}
	if err != nil {
		l.log.Error("the centre cannot be asked; join again: cubbyctl centre leave, then cubbyctl enrol",
			"error", err)
		l.note(health.Centre, "refused", err.Error(), time.Now())
		return nil
	}
	return l.begin(c)
}

// begin puts the line to work.
func (l *line) begin(c uplink.Credential) error {
	hub, err := uplink.NewHub(c)
	if err != nil {
		return err
	}
	reads := reading{l.store}
	up := uplink.New(uplink.Config{
		Station: l.station, Log: reads, Centre: hub,
		Taker: down.New(down.Config{
			Keys: l.keys, Rules: l.rules.Check, Roots: c.Roots(), CentreKeys: l.station.CentreKeys,
		}),
		About: l.about, Spool: filepath.Join(l.cfg.Station.DataDir, "centre.snapshot"), Slog: l.log,
		Note: func(state, detail string, at time.Time) { l.note(health.Centre, state, detail, at) },
		Room: l.room, Most: l.cfg.Centre.MostWaiting, Random: rand.Float64, NewID: uuid.NewString,
	})
	ctx, cancel := context.WithCancel(l.ctx)
	l.mu.Lock()
	l.stop = cancel
	l.mu.Unlock()
	l.up.Store(up)
	if l.offers != nil {
		l.working.Go(func() { uplink.FollowOffers(ctx, hub, l.offers, l.log) })
	}
	l.working.Go(func() {
		defer hub.Close()
		if err := up.Run(ctx); err != nil && ctx.Err() == nil {
			l.log.Error("the line to the centre has ended", "error", err)
		}
	})
	return nil
}

// end stops the line's work, and waits for it.
func (l *line) end() {
	l.mu.Lock()
	stop := l.stop
	l.mu.Unlock()
	if stop != nil {
		stop()
	}
	l.working.Wait()
	l.up.Store(nil)
}

// room is nil as long as the disk has room for more facts.
func (l *line) room() error {
	var fs unix.Statfs_t
	if err := unix.Statfs(l.cfg.Station.DataDir, &fs); err != nil {
		return nil // the store finds out what is wrong
	}
	free := int64(fs.Bavail) * fs.Bsize >> 20
	if least := int64(l.cfg.Centre.DiskMiB); free < least {
		return fmt.Errorf("%d MiB of the disk are free, and %d are needed", free, least)
	}
	return nil
}

// zoneName is the IANA name of a zone; of the machine's own as far as it can be found.
func zoneName(z *time.Location) string {
	if name := z.String(); name != "Local" {
		return name
	}
	if at, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, found := strings.Cut(at, "zoneinfo/"); found {
			return name
		}
	}
	return "UTC"
}

// about is how the station is.
func (l *line) about() protocol.About {
	a := protocol.About{
		ID: l.cfg.Station.ID, Name: l.cfg.Station.Name, Version: Version(),
		Zone:      zoneName(l.cfg.Station.Zone()),
		Languages: l.cfg.Station.Languages, At: time.Now().UTC(),
	}
	a.Wall, _ = json.Marshal(l.cfg.Wall())
	a.Health, _ = json.Marshal(map[string]any{"devices": l.devices()})
	return a
}

// JoinCentre joins by an invitation; with one of the centre it belongs to the station gets
// another key there. The credential is on the disk before the station says
// that it belongs to the centre; one without that is removed by the next start.
func (l *line) JoinCentre(ctx context.Context, invitation string) error {
	l.joining.Lock()
	defer l.joining.Unlock()
	is := l.station.Line()
	if l.cfg.Messages.Send && !l.cfg.Centre.MessagesToo {
		return ledger.Refuse(ledger.Conflict, "messages-here",
			"this station writes to its customers, and a centre would too: set send = false under [messages], or "+
				"messages_too = true under [centre], and start the core anew")
	}
	i, err := uplink.ParseInvitation(invitation)
	if err != nil {
		return ledger.Refuse(ledger.Invalid, "invitation", "%s", err).At("/invitation")
	}
	if is.Station != "" && i.URL != is.URL {
		return ledger.Refuse(ledger.Conflict, "joined-already",
			"this station belongs to %s already; leave it first: cubbyctl centre leave", is.Centre)
	}
	c, e, err := uplink.Enrol(ctx, i, is.Station, l.about())
	if a, ok := errors.AsType[*uplink.Answer](err); ok && a.Status < 500 {
		return ledger.Refuse(ledger.Invalid, "invitation", "%s", a).At("/invitation")
	}
	if err != nil {
		return ledger.Refuse(ledger.Unavailable, "centre-out-of-reach", "the centre cannot be asked: %s", err)
	}
	if err := c.Keep(l.file()); err != nil {
		return err
	}
	if is.Station != "" { // another key of the same line
		l.end()
		l.log.Info("the centre has given the station another key", "centre", is.Centre)
		return l.begin(c)
	}
	_, hash := secret.NewToken() // nobody has the token: the client is this program
	key := people.Key{Name: uplink.Client, Scopes: []string{"events:read", "codes:read"}}
	join := centre.Join{Joined: centre.Joined{
		Station: e.Station, Centre: e.Centre, URL: c.URL, Epoch: uuid.NewString(),
	}}
	if err := l.station.OfCentre(ctx, people.RevokeKey{Name: uplink.Client},
		people.Tools.Actor()); err != nil &&
		ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	if err := l.station.OfCentre(ctx, people.AddKey{Record: people.KeyRecord{Key: key, SHA256: hash}},
		people.Tools.Actor()); err != nil {
		return err
	}
	if err := l.station.OfCentre(ctx, join, people.Tools.Actor()); err != nil {
		return err
	}
	l.log.Info("the station has joined a centre", "centre", e.Centre, "station", e.Station)
	return l.begin(c)
}

// LeaveCentre ends the line.
func (l *line) LeaveCentre(ctx context.Context) error {
	l.joining.Lock()
	defer l.joining.Unlock()
	if l.station.Line().Station == "" {
		return nil
	}
	l.end()
	if err := l.station.OfCentre(ctx, centre.Leave{Why: "asked"}, people.Tools.Actor()); err != nil {
		return err
	}
	if err := l.station.OfCentre(ctx, people.LeaveCentre{}, people.Tools.Actor()); err != nil {
		return err
	}
	l.station.SetFull(false)
	l.note(health.Centre, "working", "", time.Now())
	err := l.station.OfCentre(ctx, people.RevokeKey{Name: uplink.Client}, people.Tools.Actor())
	if err != nil && ledger.CodeOf(err) != ledger.NotFound {
		return err
	}
	if err := os.Remove(l.file()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// HurryCentre has what waits be tried at once.
func (l *line) HurryCentre(context.Context) error {
	up := l.up.Load()
	if up == nil {
		return ledger.Refuse(ledger.Conflict, "no-centre",
			"the station has joined no centre: cubbyctl enrol INVITATION")
	}
	up.Hurry()
	return nil
}

// CentreLine says how the line is.
func (l *line) CentreLine(context.Context) (centre.Told, error) {
	is := l.station.Line()
	if is.Station == "" {
		return centre.Told{}, nil
	}
	out := centre.Told{
		Joined: true, Station: is.Station, Centre: is.Centre, URL: is.URL, Since: &is.Joined, Set: is.Set,
		State: "refused",
	}
	if up := l.up.Load(); up != nil {
		s := up.Status()
		out.State, out.Detail, out.Through, out.Waiting = s.State, s.Detail, s.Through, s.Waiting
		out.Oldest, out.Full = s.Oldest, s.Full
		for to, at := range map[**time.Time]time.Time{&out.Heard: s.Heard, &out.SeenTo: s.SeenTo} {
			if !at.IsZero() {
				at = at.UTC()
				*to = &at
			}
		}
	}
	return out, nil
}

// seen is what the staff's page says of the line.
func (l *line) seen() *view.Message {
	if l.station.Line().Station == "" {
		return nil
	}
	if up := l.up.Load(); up != nil {
		if at := up.Status().SeenTo; !at.IsZero() {
			return &view.Message{ID: "seen", Times: map[string]time.Time{"At": at}}
		}
	}
	return &view.Message{ID: "never"}
}

// reading is the log as the line reads it.
type reading struct{ *store.Store }

func (r reading) Waiting(ctx context.Context, after int64, most int) (int, time.Time, error) {
	return r.Outstanding(ctx, after, most)
}

func (r reading) Custody(ctx context.Context) (all []protocol.Custody, through int64, err error) {
	held, through, err := r.Held(ctx)
	for _, p := range held {
		all = append(all, protocol.Custody{ID: p.ID, State: string(p.State), Door: p.Compartment})
	}
	return all, through, err
}

// collectLine adds the line to the metrics.
func (c collector) collectLine(gauge func(d *prometheus.Desc, v float64, labels ...string),
	count func(d *prometheus.Desc, v uint64, labels ...string)) {
	up := c.line.up.Load()
	if up == nil {
		return
	}
	s := up.Status()
	age := 0.0
	if s.Oldest != nil {
		age = time.Since(*s.Oldest).Seconds()
	}
	gauge(figWaiting, float64(s.Waiting))
	gauge(figOldest, age)
	count(figPushed, uint64(s.Pushed))
	count(figTaken, uint64(s.Taken))
	count(figSetAside, uint64(c.station.Line().Set))
}
