package core

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cubby/cmd/internal/config"
	"cubby/hardware/commission"
	"cubby/locker/door/commissioning"
	"cubby/locker/ledger"
	"cubby/locker/view"
	"cubby/sync/api"
)

// The touchscreen asks what the fitting asks. It is begun on the socket only, by
// staff; without that the screen says that nobody is served, and takes nothing.

// A pulse needs somebody who has just touched the screen: a wizard that was left
// alone asks first who is there, and then ends.
const (
	awayAfter = 2 * time.Minute // without a touch it asks whether somebody is here
	goneAfter = 5 * time.Minute // without a touch it ends; nothing is written
	warnFor   = time.Minute     // before its end the page says so
)

// A page is what the touchscreen adds to the conversation. The fitting's lock
// guards it.
type page struct {
	language  string
	leaving   bool          // it was asked to end, and asks back
	away      bool          // nobody has touched it for a while, and it asks back
	abandoned bool          // nobody came back, and it has ended
	refused   *view.Message // the last answer was not taken
	changed   chan struct{} // closed and replaced when any of it changes
}

func newPage(cfg *config.Config) page {
	p := page{changed: make(chan struct{})}
	if len(cfg.Station.Languages) > 0 {
		p.language = cfg.Station.Languages[0]
	}
	return p
}

// turned tells the screens of a change. The caller holds the lock.
func (d *fitting) turned() {
	close(d.page.changed)
	d.page.changed = make(chan struct{})
}

// closedStation is what is shown of a station that is being commissioned. The
// server in front of it passes nothing else on.
type closedStation struct {
	api.Station
	desk *fitting
}

// View is the question that is asked now, or the page that says that nobody is
// served.
func (c closedStation) HasTerminal(string) bool { return true }

// View is what every screen shows.
func (c closedStation) View(string) view.View {
	v, _, _ := c.desk.view()
	return v
}

// Views delivers the page and every change of it.
func (c closedStation) Views(ctx context.Context, _ string) <-chan view.View {
	views := make(chan view.View)
	go func() {
		defer close(views)
		for {
			v, answered, turned := c.desk.view()
			select {
			case views <- v:
			case <-ctx.Done():
				return
			}
			select {
			case <-answered:
			case <-turned:
			case <-ctx.Done():
				return
			}
		}
	}()
	return views
}

// Act does what was touched. To end it takes two touches.
func (c closedStation) Act(ctx context.Context, a view.Action) error {
	d := c.desk
	if !d.screen {
		return ledger.Refuse(ledger.Unavailable, "closed",
			"the station is being commissioned and serves nobody until that is over")
	}
	state := d.work.State()
	d.mu.Lock()
	defer d.mu.Unlock()
	d.away(time.Now()) // the clock is looked at once in a second only
	if a.Visit != d.visit(state) {
		return ledger.Refuse(ledger.Conflict, "other-page", "another question is asked now")
	}
	over := state.Step == commissioning.StepDone || d.page.abandoned
	back := d.page.leaving || d.page.away
	switch {
	case a.Name == view.ActLanguage:
		if !slices.Contains(d.cfg.Station.Languages, a.Value) {
			return ledger.Refuse(ledger.Invalid, "language", "the station does not offer %q", a.Value)
		}
		d.page.language = a.Value
	case a.Name == view.ActFinish && (over || back):
		return d.End(ctx)
	case over:
		return ledger.Refuse(ledger.Conflict, "other-page", "commissioning has ended")
	case a.Name == view.ActFinish:
		d.touched()
		d.page.leaving = true
	case a.Name == view.ActMoreTime, a.Name == view.ActBack:
		d.touched()
		d.page.leaving = false
	case a.Name == view.ActAnswer && !back:
		_, err := d.work.Answer(commissioning.Answer{Number: state.Number, Answer: a.Value})
		d.touched()
		d.page.refused = refusalOf(err)
	default:
		return ledger.Refuse(ledger.Conflict, "other-page", "there is no %q on this page", a.Name)
	}
	d.turned()
	return nil
}

// touched: somebody is here. The caller holds the lock.
func (d *fitting) touched() { d.last, d.page.away = time.Now(), false }

// away asks who is here when nobody has touched the screen for a while, and ends
// when nobody comes back. The caller holds the lock.
func (d *fitting) away(now time.Time) {
	idle := now.Sub(d.last)
	switch p := &d.page; {
	case !d.screen || p.abandoned || d.work.State().Step == commissioning.StepDone:
	case idle >= goneAfter:
		d.log.Warn("commissioning: nobody has touched the screen for five minutes; the station comes " +
			"back as it was")
		p.abandoned = true
		d.turned()
	case idle >= awayAfter && !p.away:
		p.away, p.leaving = true, false
		d.turned()
	}
}

// visit names a page, so that a late touch does not answer the next one. The
// caller holds the lock.
func (d *fitting) visit(s commissioning.State) string {
	page := string(s.Step)
	switch {
	case d.page.abandoned:
		page = "abandoned"
	case s.Step == commissioning.StepDone:
	case d.page.away:
		page = "away"
	case d.page.leaving:
		page = "leave"
	}
	return fmt.Sprintf("commission-%d-%s", s.Number, page)
}

// view is the page, with the two channels of which one is closed when it changes.
func (d *fitting) view() (v view.View, answered, turned <-chan struct{}) {
	state, answered := d.work.Changed()
	d.mu.Lock()
	defer d.mu.Unlock()
	station := d.cfg.Station
	v = view.View{
		Rev: uint64(time.Now().UnixNano()), Station: station.Name, Step: view.StepUnavailable,
		Language: d.page.language, Languages: station.Languages, Wall: d.cfg.Wall(),
	}
	if !d.screen {
		return v, answered, d.page.changed
	}
	v.Kind, v.Step, v.Visit = view.KindCommission, view.StepCommission, d.visit(state)
	v.Actions = []view.ActionName{view.ActLanguage, view.ActFinish}
	v.Commission = &view.Commission{
		Step: string(state.Step), Ask: spoken(state.Question, state.Text), Refused: d.page.refused,
		Door: state.Door, PINDigits: longest[state.Answer],
	}
	idle := time.Since(d.last)
	switch {
	case d.page.abandoned:
		v.Commission = &view.Commission{Step: "done", Ask: view.Message{ID: "done.abandoned"}}
		return v, answered, d.page.changed
	case state.Step == commissioning.StepDone:
	case d.page.away:
		v.Commission = &view.Commission{Step: "away", Ask: view.Message{ID: "away"}}
		v.Actions = append(v.Actions, view.ActBack, view.ActMoreTime)
		v.TimeoutInMs = max(1, (goneAfter - idle).Milliseconds())
		v.WarnInMs, v.Extensions = max(1, v.TimeoutInMs-warnFor.Milliseconds()), 1
		return v, answered, d.page.changed
	case d.page.leaving:
		v.Commission = &view.Commission{Step: "leave", Ask: view.Message{ID: "leave"}}
		v.Actions = append(v.Actions, view.ActBack)
		v.TimeoutInMs = max(1, (awayAfter - idle).Milliseconds())
		return v, answered, d.page.changed
	case state.Step != commissioning.StepWorking: // work may take minutes
		v.TimeoutInMs = max(1, (awayAfter - idle).Milliseconds())
	}
	d.fill(v.Commission, state)
	if len(v.Commission.Choices) > 0 || v.Commission.Free != "" {
		v.Actions = append(v.Actions, view.ActAnswer)
	}
	if state.Wall != nil {
		v.Wall = redrawn(d.cfg, state.Wall)
	}
	return v, answered, d.page.changed
}

// longest is how many digits are typed at most.
var longest = map[commissioning.Kind]int{
	commissioning.ADoor: 8, commissioning.ANumber: 8, commissioning.ALength: 4,
}

// fill copies what is asked. To stop is not among the choices: every page has
// a button for it.
func (d *fitting) fill(c *view.Commission, s commissioning.State) {
	for i, told := range s.Told {
		c.Told = append(c.Told, spoken(told, s.Notes[i]))
	}
	for _, choice := range s.Choices {
		if choice.Answer != "stop" {
			c.Choices = append(c.Choices, view.Choice{
				Answer: choice.Answer, Label: spoken(choice.Label, choice.Text),
			})
		}
	}
	c.Free = string(s.Answer)
	if s.Answer != commissioning.ADraft || s.Wall == nil {
		return
	}
	doors := s.Wall.Columns[s.Wall.Column]
	c.Column, c.Columns, c.Doors = s.Wall.Column+1, len(s.Wall.Columns), len(doors)
	for i, p := range doors {
		if i == 0 || p.Number == s.Door {
			c.Size = p.Size
		}
	}
}

func spoken(m commissioning.Message, text string) view.Message {
	said := view.Message{ID: m.ID, Data: m.Data, Text: text}
	for _, p := range m.Parts {
		said.Parts = append(said.Parts, spoken(p, ""))
	}
	return said
}

// refusalOf says why an answer was not taken; nil when it was.
func refusalOf(err error) *view.Message {
	if err == nil {
		return nil
	}
	m, _ := commission.Named(err)
	said := spoken(m, err.Error())
	return &said
}

// redrawn is the front as it is drawn on the touchscreen.
func redrawn(cfg *config.Config, w *commissioning.Wall) view.Wall {
	var sizes []config.Size
	for _, s := range w.Sizes {
		sizes = append(sizes, config.Size{
			Name: s.Name, WidthMM: s.Width, HeightMM: s.Height, DepthMM: s.Depth,
		})
	}
	var columns []config.Column
	for _, places := range w.Columns {
		column := config.Column{}
		for _, p := range places {
			column.Doors = append(column.Doors, config.Door{Number: p.Number, Size: p.Size})
		}
		columns = append(columns, column)
	}
	return cfg.Redrawn(sizes, columns)
}
