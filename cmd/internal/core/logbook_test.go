package core

import (
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"cubby/hardware/commission"
	"cubby/locker/door/commissioning"
	"cubby/locker/view"
)

// inLog are the types of all facts with what they are about, by who did them.
func inLog(t *testing.T, dir string) (all []string) {
	t.Helper()
	db, err := sql.Open("sqlite", (&url.URL{
		Scheme: "file", Path: filepath.Join(dir, "station.db"), RawQuery: "mode=ro",
	}).String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT ce->>'actor' || ' ' || (ce->>'type') || ' ' || (ce->>'subject') " +
		"FROM events " +
		"ORDER BY seq")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPulsesOfCommissioningAreInTheLog(t *testing.T) {
	t.Parallel()
	f, site, path := onScreen(t)
	for _, step := range []commissioning.Step{
		commissioning.StepBegin, commissioning.StepLines, commissioning.StepClose, commissioning.StepPulse,
	} {
		f.step(step)
		f.touch(view.ActAnswer, f.now.Commission.Choices[0].Answer)
	}
	f.step(commissioning.StepMoved)
	if d, err := site.Door("1"); err != nil || d.Pulses != 1 {
		t.Fatalf("door 1: %+v, %v", d, err)
	}
	pulse, opened := "staff:screen lock.driven devices/bus main board 0",
		"staff:screen door.opened compartments/1"
	data := filepath.Join(filepath.Dir(path), "data")
	if all := inLog(t, data); all[len(all)-1] != pulse {
		t.Errorf("while it is asked which door has opened, the log is\n%s", strings.Join(all, "\n"))
	}
	f.touch(view.ActAnswer, "1")
	f.step(commissioning.StepHand)
	f.touch(view.ActFinish, "")
	f.touch(view.ActFinish, "")
	f.until("the idle page", func(v view.View) bool { return v.Step == view.StepIdle })
	all := inLog(t, data)
	at := slices.Index(all, pulse)
	if at < 0 || all[at+1] != opened ||
		slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, "forced") }) {
		t.Errorf("the log is\n%s", strings.Join(all, "\n"))
	}
}

func TestWhoeverHasTheLogbookKeepsOthersOut(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	first, err := OpenLogbook(t.Context(), cfg, "staff:terminal", quiet)
	if err != nil {
		t.Fatal(err)
	}
	if inside, err := first.Occupied(t.Context()); err != nil || inside != nil {
		t.Errorf("a station without a database has parcels behind %v, %v", inside, err)
	}
	if err := first.Drive(t.Context(), "main", 0, 2); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenLogbook(t.Context(), cfg, "staff:terminal", quiet); err == nil {
		t.Error("two hold it")
	}
	if c, err := Open(t.Context(), cfg, quiet); err == nil {
		t.Errorf("a core starts beside it: %v", c.Close())
	}
	if err := first.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := inLog(t, cfg.Station.DataDir); !slices.Equal(all,
		[]string{"staff:terminal lock.driven devices/bus main board 0"}) {
		t.Errorf("the log is %v", all)
	}
	next, err := OpenLogbook(t.Context(), cfg, "staff:terminal", quiet)
	if err != nil {
		t.Fatal(err)
	}
	if pulsed, err := next.Pulsed(t.Context()); err != nil || len(pulsed) != 1 || len(pulsed["2"]) != 1 {
		t.Errorf("who comes next is told of the pulses %v, %v", pulsed, err)
	}
	if err := next.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWhatCouldNotBeCommittedIsCommittedLater(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	folder := cfg.Station.DataDir
	cfg.Station.DataDir = filepath.Join(cfg.Path, "no folder")
	c, err := OpenLogbook(t.Context(), cfg, "staff:terminal", quiet)
	if err == nil {
		err = c.Drive(t.Context(), "main", 0, 2)
	}
	if err == nil {
		t.Fatal("a pulse is given that nobody can keep")
	}
	c = &Logbook{cfg: cfg, actor: "staff:terminal", log: quiet}
	c.Opened(t.Context(), "1")
	cfg.Station.DataDir = folder
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if all := inLog(t, folder); !slices.Equal(all, []string{"staff:terminal door.opened compartments/1"}) {
		t.Errorf("the log is %v", all)
	}
}

func TestAWizardThatIsLeftAloneAsksWhoIsThereAndThenEnds(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	synctest.Test(t, func(t *testing.T) {
		d := &fitting{
			cfg: cfg, log: quiet, screen: true, over: make(chan struct{}), last: time.Now(),
			page: newPage(cfg),
			work: commission.Begin(commission.Plan{Known: commission.Known{Touch: true}}),
		}
		defer d.work.Close()
		closed := closedStation{desk: d}
		ended := make(chan struct{})
		go func() {
			d.wait(t.Context())
			close(ended)
		}()
		act := func(name view.ActionName) error {
			return closed.Act(t.Context(), view.Action{Visit: closed.View("").Visit, Name: name, Value: "ok"})
		}
		question := closed.View("")
		time.Sleep(awayAfter + time.Millisecond) // between two looks at the clock
		if err := closed.Act(t.Context(), view.Action{
			Visit: question.Visit, Name: view.ActAnswer, Value: "ok",
		}); !strings.Contains(fmt.Sprint(err), "another question") {
			t.Errorf("a touch after two minutes is an answer: %v", err)
		}
		if v := closed.View(""); v.Commission.Step != "away" || v.Allows(view.ActAnswer) ||
			!v.Allows(view.ActBack) ||
			v.TimeoutInMs > (goneAfter-awayAfter).Milliseconds() {
			t.Errorf("after two minutes it shows %+v, %+v", v, v.Commission)
		}
		if err := act(view.ActAnswer); err == nil {
			t.Error("the page that asks who is there takes an answer")
		}
		if err := act(view.ActBack); err != nil || closed.View("").Commission.Step != "begin" {
			t.Errorf("somebody is back: %v, %+v", err, closed.View("").Commission)
		}
		time.Sleep(awayAfter - time.Second)
		if v := closed.View(""); v.Commission.Step != "begin" {
			t.Errorf("it does not count from the last touch: %+v", v.Commission)
		}
		time.Sleep(goneAfter - awayAfter + 2*time.Second)
		if v := closed.View(""); v.Commission.Ask.ID != "done.abandoned" || v.Commission.Step != "done" {
			t.Errorf("after five minutes it shows %+v", v.Commission)
		}
		if err := act(view.ActAnswer); err == nil {
			t.Error("what has ended takes an answer")
		}
		if _, err := d.Answer(t.Context(), commissioning.Answer{Number: 1, Answer: "ok"}); err == nil {
			t.Error("what has ended takes an answer of a terminal")
		}
		<-ended
		if s := d.work.State(); s.Step != commissioning.StepBegin || s.Written {
			t.Errorf("it has gone on to %+v", s)
		}
	})
}

func TestATerminalHasHalfAnHour(t *testing.T) {
	t.Parallel()
	cfg, _ := wrongly(t)
	synctest.Test(t, func(t *testing.T) {
		d := &fitting{
			cfg: cfg, log: quiet, over: make(chan struct{}), last: time.Now(), page: newPage(cfg),
			work: commission.Begin(commission.Plan{Known: commission.Known{Touch: true}}),
		}
		defer d.work.Close()
		begun := time.Now()
		d.wait(t.Context())
		if took := time.Since(begun); took < deskPatience || took > deskPatience+2*time.Second {
			t.Errorf("it waited %s", took)
		}
	})
}
