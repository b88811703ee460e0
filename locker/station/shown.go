package station

import (
	"context"
	"slices"
	"sync"
	"time"

	"cubby/locker/centre"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// shown is what readers see of the writer's state: the current view and the
// wall, replaced as a whole after each commit that changed them.
type shown struct {
	mu      sync.Mutex // guards what follows
	view    view.View
	made    time.Time
	wall    []wall.Compartment
	changed chan struct{}
}

func (s *shown) init(rev uint64) {
	s.changed = make(chan struct{})
	s.view = view.View{Rev: rev, Step: view.StepUnavailable, Reason: view.ReasonStarting}
	s.made = time.Now()
}

func (s *shown) replace(v view.View, made time.Time, wall []wall.Compartment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v.Rev = s.view.Rev + 1
	s.view, s.made, s.wall = v, made, wall
	close(s.changed)
	s.changed = make(chan struct{})
}

// renumber makes the next view newer than any other station's.
func (s *shown) renumber() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.view.Rev = max(s.view.Rev, newRev())
}

// newRev is where the revisions of views begin: after those of every earlier run.
func newRev() uint64 { return uint64(time.Now().UnixMilli()) * 1000 }

func (s *shown) unavailable(why view.Reason) {
	s.mu.Lock()
	v := view.View{
		Station: s.view.Station, Step: view.StepUnavailable, Reason: why, Language: s.view.Language,
		Languages: s.view.Languages, Wall: s.view.Wall, Help: s.view.Help,
	}
	wall := s.wall
	s.mu.Unlock()
	s.replace(v, time.Now(), wall)
}

// now returns the view with its times counted from this moment, and a channel
// that closes when there is a newer one.
func (s *shown) now() (view.View, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view
	passed := time.Since(s.made).Milliseconds()
	for _, ms := range []*int64{&v.TimeoutInMs, &v.WarnInMs, &v.RetryInMs} {
		if *ms > 0 {
			*ms = max(1, *ms-passed)
		}
	}
	if v.HeardInMs -= passed; v.HeardInMs <= 0 {
		v.Heard, v.HeardInMs = "", 0
	}
	return v, s.changed
}

// show makes the views of the writer's state. The writer calls it.
func (s *Station) show(now time.Time) {
	wall := wall.Compartments.All(s.mem.state())
	for _, t := range s.terminals {
		t.shown.replace(s.viewAt(t, now), now, wall)
	}
	s.attached.keep(s.isHere)
	kept := visit.CalendarNow.Read(s.mem.state())
	s.calendar.Store(&kept)
}

func (s *Station) viewAt(t *terminal, now time.Time) view.View {
	env := s.envAt(t.Name, now)
	v := s.cfg.Rules.ViewOf(s.mem, env)
	v.Station, v.Wall = centre.NameOf(s.mem.state(), s.cfg.Name), s.cfg.Wall
	if t.Away {
		v.Wall.Screen = view.Door{} // nobody there stands at it
	}
	t.heard.show(&v, now)
	if v.Staff != nil {
		if s.cfg.Join != nil {
			s.cfg.Join(&v)
		}
	}
	if v.Staff != nil || v.Member != nil {
		s.attached.show(&v)
	}
	if v.Step == view.StepMemberQR {
		v.Member.QR = s.qrs[v.Visit]
	}
	switch v.Step {
	case view.StepShopDone, view.StepShopLimbo:
		v.Shop.Code = s.sales[v.Visit]
	}
	switch {
	case !t.scannerGone:
	case v.Step == view.StepIdle, v.Step == view.StepPickupEnter, v.Step == view.StepCourierEnter,
		v.Step == view.StepCourierReady:
		v.Notices = append(v.Notices, view.NoticeNoScanner)
	}
	if made, ok := s.delegates[s.mem.visit(t.Name).Parcel]; ok && v.Step == view.StepBearerDelegate &&
		made.visit == v.Visit {
		v.Bearer.Code, v.Bearer.PIN = made.Code, made.PIN
	}
	if v.Step == view.StepCourierReceipt {
		if secret, ok := s.receipts[s.mem.visit(t.Name).Last]; ok {
			v.Courier.Code, v.Courier.PIN = secret.Code, secret.PIN
		}
		if s.prints(t) && !t.printerWell {
			v.Notices = append(v.Notices, view.NoticeNoPrinter)
		}
	}
	return v
}

// heard is the answer to the last scan that led to no other page. It is the
// writer's, is forgotten with the page, and lives in no log.
type heard struct {
	answer view.Heard
	at     time.Time
	page   string // visit, step and door it was given on; empty: not shown yet
}

const (
	heardFor   = 5 * time.Second // how long an answer is shown
	heardAgain = time.Second     // how often the same one makes a new view
)

// note takes an answer and reports whether there is something new to show.
func (h *heard) note(answer view.Heard, now time.Time) bool {
	if answer == "" || h.page != "" && h.answer == answer && now.Sub(h.at) < heardAgain {
		return false
	}
	*h = heard{answer: answer, at: now}
	return true
}

func (h *heard) show(v *view.View, now time.Time) {
	page := v.Visit + " " + string(v.Step) + " " + v.Door()
	if h.page == "" {
		h.page = page
	}
	if left := heardFor - now.Sub(h.at); h.answer != "" && h.page == page && left > 0 {
		v.Heard, v.HeardInMs = h.answer, left.Milliseconds()
	} else {
		*h = heard{page: page} // another answer would be new
	}
}

// View is what the screen of a terminal should show now. The empty name is the
// kiosk; so is one that HasTerminal does not know.
func (s *Station) View(terminal string) view.View {
	v, _ := s.at(terminal).shown.now()
	return v
}

// Views delivers the current view of a terminal and then each newer one; a slow
// reader gets the latest and misses those between. The channel closes when ctx ends.
func (s *Station) Views(ctx context.Context, terminal string) <-chan view.View {
	shown := &s.at(terminal).shown
	out := make(chan view.View)
	go func() {
		defer close(out)
		for {
			v, changed := shown.now()
			for sent := false; !sent; {
				select {
				case out <- v:
					sent = true
				case <-changed:
					v, changed = shown.now()
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// Compartments is the wall as of the last commit, in wall order.
func (s *Station) Compartments() []wall.Compartment {
	shown := &s.at(visit.Kiosk).shown
	shown.mu.Lock()
	defer shown.mu.Unlock()
	return slices.Clone(shown.wall)
}

// envAt is what decisions and views at a terminal go by; "" is none.
func (s *Station) envAt(terminal string, now time.Time) visit.Env {
	at := s.at(terminal)
	return visit.Env{
		Now: now, Policy: *s.policy.Load(), Terminal: terminal, CanPrint: s.canPrint(terminal),
		Prints: s.prints(at) && at.printerWell, Mark: s.cfg.Keys.Mark, Centre: s.centreIsHere(now),
		Full:       s.full.Load(),
		FromCentre: s.fromCentre(),
	}
}

// CentreHeard notes that a client that puts orders has read the feed.
func (s *Station) CentreHeard() { s.centre.Store(time.Now().UnixNano()) }

func (s *Station) centreIsHere(now time.Time) bool {
	at := s.centre.Load()
	return at != 0 && now.Sub(time.Unix(0, at)) < s.cfg.CentreStays
}
