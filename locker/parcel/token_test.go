package parcel

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cubby/locker/calendar"
	"cubby/locker/door"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
	"cubby/locker/wall"
)

// aToken is a scan of a token for a parcel's label, made when all stories begin and good for
// a day.
func aToken(id, label string) visit.Present {
	return visit.Present{CodeHash: "token:" + id, Presented: "token", Token: &visit.Token{
		ID: id, Label: label, NotBefore: dawn, Expires: dawn.Add(24 * time.Hour),
		KeyFrom: dawn.AddDate(0, -1, 0), KeyUntil: dawn.AddDate(0, 1, 0),
	}}
}

// wrong is one that was found to be so where it was read.
func wrong(why string) visit.Present {
	return but(aToken("aa", "L-p"), func(k *visit.Token) { k.Wrong = why })
}

// but is the token with something else.
func but(c visit.Present, change func(k *visit.Token)) visit.Present {
	k := *c.Token
	change(&k)
	c.Token = &k
	return c
}

// opened counts the orders to open a door.
func (s *stage) opened() int { return len(s.orders) }

func (s *stage) openingOf(o door.Order) wall.Opening { return s.plainWorld.openings[o.Opening] }

// takes plays the rest of a pickup whose door was ordered open.
func (s *stage) takes(t rapid.TB) {
	t.Helper()
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.at(t, view.StepPickupDone, view.ReasonNone)
}

func TestATokenOpensADoorOnce(t *testing.T) {
	s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500))
	s.announce(t, "p", small())
	number, code := s.deposit(t, "p")
	s.orders, s.facts = nil, nil

	token := aToken("aa", "L-p")
	s.do(t, token)
	if s.opened() != 1 || s.order(t).Compartment != number || s.told("parcel.token_used") != 1 {
		t.Fatalf("%d openings, %d tokens used", s.opened(), s.told("parcel.token_used"))
	}
	s.do(t, token) // the reader sees it twice
	if s.opened() != 1 || s.do(t, token).Heard != view.HeardRead {
		t.Error("the token was not recognised at its own door")
	}
	s.ended(t, door.Stuck) // the door did not open: the same token again
	for s.visit.Step == view.StepPickupOpening {
		s.ended(t, door.Stuck)
	}
	before := s.opened()
	s.do(t, token)
	if s.opened() != before+1 || s.told("parcel.token_used") != 1 {
		t.Fatalf("%d openings, %d tokens used", s.opened(), s.told("parcel.token_used"))
	}
	s.takes(t)
	if s.parcels["p"].State != Collected || s.credentials["token:aa"].State != Used {
		t.Fatalf("the parcel is %s, its token %s", s.parcels["p"].State, s.credentials["token:aa"].State)
	}

	// It is dead, for a second parcel with this label too; so is every other token that was made
	// before the first one was collected. One that was made later is not.
	s.now = s.now.Add(time.Hour)
	s.do(t, Announce{ID: "p2", Announcement: Announcement{Label: "L-p"}})
	s.do(t, visit.Present{BadgeHash: "badge-k1", Presented: "badge"})
	s.do(t, visit.Present{Label: "L-p", Presented: "label"})
	s.ended(t, door.ConfirmedOpen)
	s.see(t, s.order(t).Compartment, door.Closed, door.PresenceUnknown)
	s.act(t, view.ActFinish)
	s.act(t, view.ActFinish)
	before = s.opened()
	for _, c := range []visit.Present{token, aToken("bb", "L-p"), {CodeHash: code, Presented: "code"}} {
		s.do(t, c)
		s.at(t, view.StepPickupRefused, view.ReasonCollected)
		if s.opened() != before {
			t.Fatalf("%+v has opened a door", c)
		}
	}
	made := s.now
	s.do(t, but(aToken("cc", "L-p"), func(k *visit.Token) { k.NotBefore = made }))
	if s.opened() != before+1 {
		t.Error("a token for the second parcel was refused")
	}

	// Nobody need know of the first any more.
	s.takes(t)
	s.now = dawn.Add(24*time.Hour + visit.TokenLag + time.Minute)
	s.do(t, visit.Tick{})
	if _, kept := s.credentials["token:aa"]; kept || len(s.tokens) != 0 {
		t.Errorf("%d tokens are kept in mind", len(s.tokens))
	}
	s.do(t, token)
	s.at(t, view.StepPickupRefused, view.ReasonCollected)
}

func TestTokensThatOpenNothing(t *testing.T) {
	year := 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		token visit.Present
		why   string
		told  view.Reason
		after time.Duration
		twist func(t *testing.T, s *stage)
	}{
		"its signature is wrong": {token: wrong("invalid"), why: "invalid", told: view.ReasonNotValid},
		"of another station":     {token: wrong("foreign"), why: "foreign", told: view.ReasonElsewhere},
		"taken back":             {token: wrong("denied"), why: "denied", told: view.ReasonReplaced},
		"expired": {token: aToken("aa", "L-p"), why: "expired",
			told: view.ReasonCodeOver, after: 24*time.Hour + visit.Slack},
		"not yet": {token: but(aToken("aa", "L-p"), func(k *visit.Token) {
			k.NotBefore = dawn.Add(visit.Slack + time.Hour)
		}), why: "early", told: view.ReasonEarly},
		"made after its key had ended": {token: but(aToken("aa", "L-p"), func(k *visit.Token) {
			k.KeyUntil = dawn.Add(-time.Hour)
		}), why: "key_over", told: view.ReasonCodeOver},
		"made before its key began": {token: but(aToken("aa", "L-p"), func(k *visit.Token) {
			k.KeyFrom = dawn.Add(time.Hour)
		}), why: "key_over", told: view.ReasonCodeOver},
		"its key ended too long ago": {token: but(aToken("aa", "L-p"), func(k *visit.Token) {
			k.NotBefore, k.KeyUntil = dawn.Add(-visit.TokenLag-time.Hour), dawn.Add(-visit.TokenLag)
		}), why: "key_over", told: view.ReasonCodeOver},
		"of no parcel": {token: aToken("aa", "L-none"), why: "unknown",
			told: view.ReasonNotHere},
		"no label": {token: aToken("aa", ""), why: "unknown", told: view.ReasonNotHere},
		"the parcel has not come": {token: aToken("aa", "L-announced"), why: "unknown",
			told: view.ReasonNotHere},
		"its label fits two alike": {token: aToken("aa", "L-two"), why: "ambiguous",
			told: view.ReasonAmbiguous, twist: twoAlike},
		"the parcel was collected": {token: aToken("aa", "L-p"), why: "used",
			told: view.ReasonCollected, twist: collectByCode},
		"the parcel has another code": {token: aToken("aa", "L-p"), why: "revoked",
			told: view.ReasonReplaced, twist: anotherCode},
		"the parcel's time is over": {token: but(aToken("aa", "L-p"), func(k *visit.Token) {
			k.Expires = dawn.Add(year)
		}), why: "expired", told: view.ReasonExpired, after: 49 * time.Hour},
		"nobody knows the time": {token: aToken("aa", "L-p"), why: "clock",
			told: view.ReasonClock, twist: reboot(-year)},
		"a clock that has jumped over a boot": {token: aToken("aa", "L-p"), why: "clock",
			told: view.ReasonClock, twist: reboot(year)},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(box("1", 400, 110, 500), box("2", 400, 110, 500), box("3", 400, 110, 500))
			for _, id := range []string{"p", "q"} {
				s.announce(t, id, small())
				s.deposit(t, id)
			}
			s.announce(t, "announced", small())
			if s.now = s.now.Add(c.after); c.twist != nil {
				c.twist(t, s)
			}
			s.do(t, visit.Tick{})
			s.orders, s.facts = nil, nil
			s.do(t, c.token)
			s.at(t, view.StepPickupRefused, c.told)
			var f *PickupRefused
			for _, fact := range s.facts {
				if r, ok := fact.(*PickupRefused); ok {
					f = r
				}
			}
			if s.opened() != 0 || f == nil || f.Why != c.why || f.Presented != "token" {
				t.Errorf("%d openings; %+v, want %q", s.opened(), f, c.why)
			}
			v := s.shows(t, "", view.StepPickupRefused, c.told)
			if v.Pickup.Parcel != "" || v.Pickup.Door != "" {
				t.Errorf("the page says more than that: %+v", v.Pickup)
			}
		})
	}
}

// reboot has the machine start again, with a wall clock that is off.
func reboot(off time.Duration) func(*testing.T, *stage) {
	return func(_ *testing.T, s *stage) {
		boot := calendar.Reading{Wall: dawn.Add(off), Boot: "another", Uptime: time.Minute}
		s.clock = func() calendar.Reading { return boot }
	}
}

func anotherCode(t *testing.T, s *stage) {
	s.now = s.now.Add(time.Minute)
	s.do(t, ReissueCode{
		By: people.Tools, ID: "p", Fresh: &visit.Secret{Code: "n", PIN: "1", CodeHash: "new", PINHash: "new pin"},
	})
}

// twoAlike announces a parcel whose further label, spelled another way, is that of another.
func twoAlike(t *testing.T, s *stage) {
	for i, id := range []string{"p", "q"} {
		p := s.parcels[id]
		p.Labels = []string{"L-two"}
		if p.Rev++; i == 1 {
			p.Labels = append(p.Labels, "L-other")
		}
		s.parcels[id] = p
	}
}

func collectByCode(t *testing.T, s *stage) {
	for _, c := range s.CredentialsOf("p") {
		if c.Kind == ByCode {
			s.do(t, visit.Present{CodeHash: c.Hash, Presented: "code"})
		}
	}
	s.takes(t)
	s.act(t, view.ActFinish)
}

// A clock that jumps makes no token bad, and a doubted one whose count goes on neither.
func TestAJumpOfTheClockExpiresNoToken(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "p", small())
	s.deposit(t, "p")
	s.clock = func() calendar.Reading {
		return calendar.Reading{Wall: s.now.AddDate(1, 0, 0), Boot: "b", Uptime: s.now.Sub(dawn)}
	}
	s.do(t, visit.Tick{})
	s.orders = nil
	s.do(t, aToken("aa", "L-p"))
	if s.opened() != 1 {
		t.Error("the token was refused")
	}
}

func TestATokenAtTheCounter(t *testing.T) {
	s := newStage(box("1", 400, 110, 500))
	s.announce(t, "p", small())
	s.deposit(t, "p")
	s.orders = nil
	s.do(t, TakeToCounter{By: people.Tools, Parcel: "p", Reason: "too large"})
	s.do(t, aToken("aa", "L-p"))
	s.at(t, view.StepPickupRefused, view.ReasonAtCounter)
	if s.told("parcel.token_used") != 0 {
		t.Error("a token that nothing was given for is used")
	}
	none := HandOver{By: people.Tools, Token: aToken("bb", "L-none").Token, CodeHash: "token:bb"}
	if _, err := s.try(none); err == nil {
		t.Error("a token of nothing was taken")
	}
	s.do(t, HandOver{By: people.Tools, Token: aToken("aa", "L-p").Token, CodeHash: "token:aa"})
	if s.parcels["p"].State != Collected || s.told("parcel.token_used") != 1 || s.opened() != 0 {
		t.Errorf("the parcel is %s", s.parcels["p"].State)
	}
	s.do(t, aToken("aa", "L-p"))
	s.at(t, view.StepPickupRefused, view.ReasonCollected)
}

// Whatever two terminals, doors and restarts do, a token opens the door of one parcel, and
// never after that was handed out.
func TestATokenOpensOneDoorWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := box("9", 400, 110, 500)
		side.Bank = "side"
		s := newStage(box("1", 400, 110, 500), side)
		for _, id := range []string{"p", "q"} {
			s.announce(t, id, small())
			s.deposit(t, id)
		}
		s.orders = nil
		tokens := []visit.Present{aToken("aa", "L-p"), aToken("bb", "L-p"), aToken("cc", "L-q")}
		opened := map[string]string{} // what a token was accepted for
		for i := range rapid.IntRange(1, 40).Draw(t, "steps") {
			facts := len(s.facts)
			collected := s.parcels["p"].State == Collected
			shown := -1
			s.on(rapid.SampledFrom([]string{"", "desk"}).Draw(t, fmt.Sprint("at", i)))
			happens := []string{"token", "token", "open", "open", "close", "close", "late", "restart"}
			switch rapid.SampledFrom(happens).Draw(t, fmt.Sprint("what", i)) {
			case "token":
				shown = rapid.IntRange(0, 2).Draw(t, fmt.Sprint("which", i))
				s.do(t, tokens[shown])
			case "open":
				for len(s.orders) > 0 && s.openingOf(s.order(t)).State != wall.Intended {
					s.orders = s.orders[:len(s.orders)-1]
				}
				if len(s.orders) > 0 {
					results := []door.Result{door.ConfirmedOpen, door.Stuck}
					s.ended(t, rapid.SampledFrom(results).Draw(t, fmt.Sprint("how", i)))
				}
			case "close":
				for _, n := range s.numbers {
					if s.compartments[n].Door == door.Open {
						s.see(t, n, door.Closed, door.PresenceUnknown)
					}
				}
			case "late":
				s.now = s.now.Add(3 * time.Minute)
				s.do(t, visit.Tick{})
			case "restart":
				s.do(t, visit.Start{Boot: "b"})
			}
			for _, f := range s.facts[facts:] {
				switch f := f.(type) {
				case *TokenUsed:
					if before, used := opened[f.Token]; used {
						t.Fatalf("token %s was accepted for %s, and now for %s", f.Token, before, f.ParcelID)
					}
					opened[f.Token] = f.ParcelID
				case *PickupAuthorised:
					if shown >= 0 && shown < 2 && (f.ParcelID != "p" || collected) {
						t.Fatalf("a token of p has let somebody in to %s, collected: %v", f.ParcelID, collected)
					}
				}
			}
		}
	})
}
