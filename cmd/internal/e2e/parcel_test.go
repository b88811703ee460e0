package e2e

import (
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"cubby/locker/parcel"
	"cubby/locker/view"
)

// The whole way of a parcel: announced by a shop, stored by a courier, its code
// told, drawn, read and shown to the reader; the door opens without a touch.
func TestAParcelComesAndGoesWithoutATouchByItsCustomer(t *testing.T) {
	t.Parallel()
	s := newStation(t, change{"thanks_s = 60", "thanks_s = 15"})
	courier := s.newCourier("Ada")

	out := do(t, "", "curl", "-sS", "-w", "\n%{http_code}", "-X", "PUT", "http://"+s.rest+"/v1/parcels/p-1",
		"-H", "Authorization: Bearer "+s.token, "-H", "Content-Type: application/json",
		"-d",
		`{"label":"LBL-1","order_id":"SO-2024-1234","dimensions_mm":{"length":180,"width":90,"height":60},
			"recipient":{"name":"Somebody Example","language":"en"}}`)
	if !strings.HasSuffix(out, "\n201") {
		t.Fatalf("curl PUT: %s", out)
	}
	before := s.step(view.StepIdle)

	s.scanPicture(courier.picture)
	s.step(view.StepCourierReady)
	s.scan("LBL-1")
	open := s.step(view.StepCourierOpen)
	s.opens(open.Door())
	s.isParcel("p-1", parcel.Depositing, open.Door())
	if got := s.openDoors(); !slices.Equal(got, []string{open.Door()}) {
		t.Fatalf("doors %v stand open, want only %s", got, open.Door())
	}
	s.put(open.Door())
	s.until("the deposit is done", func(v view.View) bool {
		return v.Step == view.StepCourierReady && v.OfCourier().LastAt == open.Door()
	})
	s.isParcel("p-1", parcel.Stored, open.Door())
	s.leave()

	code := s.codeIsTold("p-1")
	picture := filepath.Join(s.dir, "code.png")
	s.ctl(code, "qr", "-", picture)
	if read := strings.TrimSpace(do(t, "", "zbarimg", "--quiet", "--raw", picture)); read != code {
		t.Fatalf("zbarimg reads %q in the picture of %q", read, code)
	}
	if box := s.boxes()[open.Door()]; box.Allocation != "occupied" || box.Parcel != "p-1" {
		t.Fatalf("the compartment is %+v", box)
	}

	s.scanPicture(picture)
	if v := s.step(view.StepPickupOpen); v.Door() != open.Door() || v.Parcel() != "…1234" {
		t.Fatalf("the screen shows door %q and parcel %q", v.Door(), v.Parcel())
	}
	s.opens(open.Door())
	if got := s.openDoors(); !slices.Equal(got, []string{open.Door()}) {
		t.Fatalf("doors %v stand open, want only %s", got, open.Door())
	}
	news := s.newsOf("p-1", "parcel.collected")
	s.take(open.Door())
	s.step(view.StepPickupDone)
	<-news
	s.unlocked(open.Door(), open.Door())
	if p := s.parcel("p-1"); p.State != parcel.Collected || p.EndedAt == nil {
		t.Fatalf("the parcel is %s, ended %v", p.State, p.EndedAt)
	}
	if box := s.boxes()[open.Door()]; box.Allocation != "free" || box.Parcel != "" || !box.Offerable {
		t.Fatalf("the compartment is %+v after the pickup", box)
	}

	// The thanks page leaves by itself, and nothing of the visit stays.
	after := s.step(view.StepIdle)
	before.Rev, after.Rev = 0, 0
	if describe(before) != describe(after) {
		t.Errorf("the idle page was\n%s\nand is now\n%s", describe(before), describe(after))
	}
	number := open.Door()
	s.says("parcel", "LBL-1", "Announced by the shop's system (story)",
		"Door "+number+" was reserved, brought by courier Ada", "Door "+number+" opened for courier Ada",
		"Door "+number+" was closed by courier Ada", "Put behind door "+number+
			" by courier Ada; to be collected by 20",
		"The customer was let in at door "+number+" (code)", "Door "+number+" opened for the customer",
		"Door "+number+" was closed by the customer", "Collected from door "+number+" by the customer",
		"The customer's details were erased")
	if told := s.ctl("", "story", "door", number, "--lang", "zh-Hans"); !strings.Contains(told,
		"快递员Ada将包裹 …1234 存入 "+number+" 号柜，取件截止时间为 20") || !strings.Contains(told, number+" 号柜已空出\n") {
		t.Errorf("the story of the door is\n%s", told)
	}
	s.core.stop(t)
	if said := s.ctl("", "verify"); !strings.Contains(said, "sound") {
		t.Errorf("cubbyctl verify says %q", said)
	}
}

// newsOf waits at the end of the feed, as the shop does, until it tells of a
// parcel; the channel is closed then.
func (s *station) newsOf(id, what string) <-chan struct{} {
	s.t.Helper()
	_, cursor, _ := s.page(s.token, "now", 0)
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		deadline := time.Now().Add(patience)
		for time.Now().Before(deadline) {
			out, err := try("", "curl", "-sS", "-D", "-", "-H", "Authorization: Bearer "+s.token,
				"http://"+s.rest+"/v1/events?wait=20&cursor="+cursor)
			head, body, _ := strings.Cut(out, "\r\n\r\n")
			_, rest, ok := strings.Cut(head, "Cubby-Next-Cursor: ")
			if err != nil || !ok {
				s.t.Errorf("curl the feed: %v\n%s", err, out)
				return
			}
			cursor, _, _ = strings.Cut(rest, "\r")
			var events []event
			if err := json.Unmarshal([]byte(body), &events); err != nil {
				s.t.Errorf("the feed: %v", err)
				return
			}
			if slices.ContainsFunc(events, func(e event) bool {
				return e.Type == what && e.Data.Parcel == id
			}) {
				return
			}
		}
		s.t.Errorf("the feed does not tell %s of %s", what, id)
	}()
	return heard
}

// codeIsTold reads the code from the feed, as the shop does: it stays there
// until the reader has shown by its next question that it was received, and
// readers without the right never see it.
func (s *station) codeIsTold(id string) (code string) {
	s.t.Helper()
	e := s.stored(id)
	if again := s.stored(id); again.Data.Code != e.Data.Code {
		s.t.Fatal("the code changes from one reading to the next")
	}
	curious := strings.TrimSpace(s.ctl("", "key", "add", "curious", "events:read"))
	_, _, seen := s.page(curious, "", 0)
	if strings.Contains(seen, e.Data.Code) || strings.Contains(seen, e.Data.PIN) ||
		!strings.Contains(seen, "parcel.stored") {
		s.t.Fatalf("a key without codes:read sees %s", seen)
	}
	_, next, _ := s.page(s.token, "", 0)
	s.page(s.token, next, 0) // this acknowledges what came before
	_, _, text := s.page(s.token, "", 0)
	if strings.Contains(text, e.Data.Code) || strings.Contains(text, e.Data.PIN) {
		s.t.Fatal("the code is still in the feed after it was acknowledged")
	}
	return e.Data.Code
}
