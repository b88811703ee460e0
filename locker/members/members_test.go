package members_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"cubby/locker/customers"
	"cubby/locker/ledger"
	"cubby/locker/members"
	"cubby/locker/parcel"
	"cubby/locker/people"
	"cubby/locker/view"
	"cubby/locker/visit"
)

func TestAMembersCodeOpensTheirParcelInTheirLanguage(t *testing.T) {
	w := newTown(t)
	w.ana(customers.MoreTime, customers.LargeText)
	w.now = w.now.Add(48 * time.Hour)
	number := w.brought("p", " Ana@Example.org")
	w.member("qr-a")
	if v := w.at(view.StepPickupOpening); v.Language != "zh-Hans" || !v.LargeText || v.Door() != number {
		t.Errorf("the page is %+v", v)
	}
	authorised := w.facts[slices.IndexFunc(w.facts, is[*parcel.PickupAuthorised])].(*parcel.PickupAuthorised)
	if authorised.Credential != parcel.ByMember || authorised.ParcelID != "p" {
		t.Errorf("authorised is %+v", authorised)
	}
	if r, _ := customers.Get(w.state(), "a"); r.Used.Before(w.now.Add(-time.Hour)) {
		t.Errorf("last used is %v", r.Used)
	}
}

func is[F ledger.Fact](f ledger.Fact) bool { _, ok := f.(F); return ok }

func TestAMembersCodeThatOpensNothingGreets(t *testing.T) {
	for name, c := range map[string]struct {
		opens, brought bool
		page           view.Step
		count          int
	}{
		"nothing is here":           {true, false, view.StepMember, 0},
		"a code tells who is here":  {false, true, view.StepMember, 1},
		"a code opens what is here": {true, true, view.StepPickupOpening, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.set.QROpens = c.opens
			w.ana(customers.MoreTime)
			if c.brought {
				w.brought("p", "ana@example.org")
				w.brought("q", "bob@example.org")
			}
			w.member("qr-a")
			v := w.at(c.page)
			if v.OfMember().Count != c.count {
				t.Errorf("%d are counted, want %d", v.OfMember().Count, c.count)
			}
			if c.page == view.StepMember && v.TimeoutInMs != (2*time.Minute).Milliseconds() {
				t.Errorf("the page waits %d ms", v.TimeoutInMs)
			}
		})
	}
}

func TestAMembersCodeThatIsNobodysIsRefusedAsAnyOther(t *testing.T) {
	w := newTown(t)
	w.ana()
	w.brought("p", "ana@example.org")
	var views []view.View
	for _, c := range []visit.Present{
		{CodeHash: "x", Presented: "code"}, {CodeHash: "y", Presented: "member"}, {CodeHash: "qr-a", Presented: "code"},
	} {
		w.do(c)
		v := w.at(view.StepPickupRefused)
		v.Visit = ""
		views = append(views, v)
		w.ends()
	}
	if !reflect.DeepEqual(views[0], views[1]) || !reflect.DeepEqual(views[0], views[2]) {
		t.Errorf("a code is refused with\n%+v\na member's with\n%+v\n%+v", views[0], views[1], views[2])
	}
}

func TestAMemberAtTheirParcelsPageOpensNothingYet(t *testing.T) {
	w := newTown(t)
	w.ana()
	w.brought("p", "ana@example.org")
	orders := len(w.orders)
	w.act(view.ActStartBearer, "")
	w.member("qr-a")
	w.at(view.StepMember)
	w.act(view.ActKnown, "")
	w.at(view.StepMemberKnown)
	if len(w.orders) != orders {
		t.Error("a door was opened")
	}
}

func TestSomebodyAsksToBeRememberedAndGetsACode(t *testing.T) {
	w := newTown(t)
	w.brought("p", "ana@example.org")
	w.act(view.ActStartBearer, "")
	w.shows(w.codeOf("p"))
	w.act(view.ActKnown, "")
	if v := w.at(view.StepMemberAsk); v.OfMember().Contact != "a…@example.org" {
		t.Errorf("known by %q", v.OfMember().Contact)
	}
	w.act(view.ActYes, "")
	w.at(view.StepMemberKnown)
	r, ok := customers.Find(w.state(), customers.Contact{Email: "ana@example.org"}.Of(mark, "+49"))
	if !ok || r.Person.Channel != customers.ByEmail || r.Consents[0].Through != "kiosk" || r.Person.Name != "" {
		t.Fatalf("kept is %+v", r)
	}
	w.act(view.ActNewQR, "")
	w.at(view.StepMemberQR)
	r, _ = customers.Get(w.state(), r.ID)
	hash := r.QR.Hash
	w.ends()
	w.member(hash)
	w.at(view.StepPickupOpening)
}

// Whoever was given the code of one parcel does not get those that come later.
func TestTheCodeOfAParcelMakesNoCodeOfAMember(t *testing.T) {
	w := newTown(t)
	w.ana()
	w.brought("p", "ana@example.org")
	w.act(view.ActStartBearer, "")
	w.shows(w.codeOf("p"))
	w.act(view.ActKnown, "")
	if v := w.at(view.StepMemberKnown); v.Allows(view.ActNewQR) {
		t.Error("it is offered")
	}
	w.act(view.ActFinish, "")
	w.act(view.ActStartBearer, "")
	w.member("qr-a")
	w.act(view.ActKnown, "")
	w.act(view.ActNewQR, "")
	if r, _ := customers.Get(w.state(), "a"); r.QR.Hash == "qr-a" {
		t.Error("the one before is good still")
	}
}

func TestNobodyIsAskedWhereNobodyIsKept(t *testing.T) {
	w := newTown(t)
	w.set.Asked = false
	w.brought("p", "ana@example.org")
	w.act(view.ActStartBearer, "")
	w.shows(w.codeOf("p"))
	if w.at(view.StepBearerParcel).Allows(view.ActKnown) {
		t.Error("it is offered")
	}
}

func TestWhatIsKnownIsSwitchedWithdrawnAndErasedWithATouch(t *testing.T) {
	w := newTown(t)
	w.ana(customers.LowDoor)
	w.do(customers.Consent{ID: "a", Asked: customers.Asked{Purpose: "marketing", Through: "shop", Text: "v1"}})
	w.member("qr-a")
	w.act(view.ActKnown, "")
	record := func() customers.Record { r, _ := customers.Get(w.state(), "a"); return r }
	for _, c := range []struct {
		value string
		holds func(customers.Record) bool
	}{
		{"wish low_door", func(r customers.Record) bool { return len(r.Person.Wishes) == 0 }},
		{"wish more_time", func(r customers.Record) bool { return r.Person.Wishes[0] == "more_time" }},
		{"receipt", func(r customers.Record) bool { return r.Person.Receipt }},
		{"language", func(r customers.Record) bool { return r.Person.Language == "zh-Hans" }},
		{"consent marketing", func(r customers.Record) bool { return !r.Consented("marketing") }},
		{"channel", func(r customers.Record) bool {
			return r.Person.Channel == customers.Never && r.Person.Email == ""
		}},
		{"qr", func(r customers.Record) bool { return r.QR == nil }},
	} {
		w.act(view.ActPick, c.value)
		w.at(view.StepMemberKnown)
		if !c.holds(record()) {
			t.Errorf("after %s it is %+v", c.value, record())
		}
	}
	for _, value := range []string{"", "wish a pony", "name", "kept"} {
		v := w.view()
		if w.try(visit.Do{Action: view.Action{Visit: v.Visit, Name: view.ActPick, Value: value}}) == nil {
			t.Errorf("%q was taken", value)
		}
	}
	w.act(view.ActHistory, "")
	if r, ok := w.asked[0].(members.Recall); !ok || r.Customer != "a" || !w.view().OfMember().Loading {
		t.Errorf("asked for is %+v", w.asked)
	}
	w.act(view.ActBack, "")
	w.act(view.ActPick, "erase")
	w.at(view.StepMemberErase)
	w.act(view.ActYes, "")
	w.at(view.StepMemberGone)
	if r := record(); r.ID != "" {
		t.Errorf("kept is %+v", r)
	}
}

func TestThePageOfARecordThatIsErasedMeanwhileSaysSo(t *testing.T) {
	w := newTown(t)
	w.ana()
	w.member("qr-a")
	w.act(view.ActKnown, "")
	w.do(customers.Erase{ID: "a"})
	w.at(view.StepMemberGone)
}

func TestDoorsFollowWishes(t *testing.T) {
	for name, c := range map[string]struct {
		wishes []string
		free   int
		door   string
	}{
		"none":                            {nil, 0, "1"},
		"a low door, rather":              {[]string{customers.LowDoor}, 0, "2"},
		"one within reach":                {[]string{customers.AccessibleDoor}, 0, "2"},
		"one within reach that is spared": {[]string{customers.AccessibleDoor}, 1, "2"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.policy.AccessibleKeptFree = c.free
			w.ana(c.wishes...)
			if got := w.brought("p", "ana@example.org"); got != c.door {
				t.Errorf("behind door %s, want %s", got, c.door)
			}
		})
	}
	w := newTown(t)
	w.policy.AccessibleKeptFree = 1
	w.ana(customers.AccessibleDoor)
	w.brought("o", "bob@example.org")
	w.do(parcel.Announce{ID: "q"})
	w.do(visit.Present{BadgeHash: "badge", Presented: "badge"})
	w.do(visit.Present{Label: "q", Presented: "label"})
	if v := w.at(view.StepCourierReady); v.Reason != view.ReasonNoDoor {
		t.Errorf("the last door within reach was given away: %s", v.Reason)
	}
	w.act(view.ActFinish, "")
	w.act(view.ActFinish, "")
	if got := w.brought("p", "ana@example.org"); got != "2" {
		t.Errorf("whoever needs it is given door %s", got)
	}
}

func TestStaffHandOverToWhoShowsTheirOwnCode(t *testing.T) {
	for name, c := range map[string]struct {
		opens bool
		email []string // of the parcels at the counter
		named string
		slug  string
	}{
		"one":                    {true, []string{"ana@example.org"}, "", ""},
		"one of several":         {true, []string{"ana@example.org", "ana@example.org"}, "q0", ""},
		"several, none is named": {true, []string{"ana@example.org", "ana@example.org"}, "", "several-parcels"},
		"of somebody else":       {true, []string{"bob@example.org"}, "", "no-such-code"},
		"a code opens nothing":   {false, []string{"ana@example.org"}, "", "no-such-code"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			w.set.QROpens = c.opens
			w.ana()
			for i, email := range c.email {
				id := "q" + string(rune('0'+i))
				w.brought(id, email)
				w.do(parcel.TakeToCounter{By: people.Tools, Parcel: id, Reason: "asked for"})
			}
			err := w.try(parcel.HandOver{By: people.Tools, CodeHash: "qr-a", Member: true, Parcel: c.named})
			var r *ledger.Refusal
			if slug := ""; errors.As(err, &r) {
				if slug = r.Slug; slug != c.slug {
					t.Errorf("refused as %s: %v", slug, err)
				}
			} else if err != nil || c.slug != "" {
				t.Errorf("it went as %v", err)
			}
			if p, _ := parcel.Parcels.Get(w.state(), "q0"); (p.State == parcel.Collected) != (c.slug == "") {
				t.Errorf("it is %s", p.State)
			}
		})
	}
}

func TestSeveralParcelsAreListedAndCodesThatHaveToChangeAreNot(t *testing.T) {
	w := newTown(t)
	w.ana()
	w.brought("p", "ana@example.org")
	w.brought("q", "ana@example.org")
	w.member("qr-a")
	if v := w.at(view.StepPickupChoose); len(v.OfPickup().List) != 2 || v.Language != "zh-Hans" {
		t.Errorf("listed is %+v in %s", v.OfPickup().List, v.Language)
	}
	w.ends()
	s := w.state()
	p, _ := parcel.Parcels.Get(s, "q")
	p.Rotating = true
	parcel.Parcels.Put(s, "q", p)
	w.Merge(s.Changes())
	w.member("qr-a")
	if v := w.at(view.StepPickupOpening); v.OfPickup().Parcel == "" {
		t.Errorf("the page is %+v", v)
	}
}

func TestTheListEndsWithWhatItIsShownFor(t *testing.T) {
	w := newTown(t)
	w.set.Neighbours = true
	w.ana()
	asked := customers.Asked{Through: "shop", Text: "v1"}
	w.do(customers.Keep{ID: "b", Asked: asked, New: customers.New{
		Contact: customers.Contact{Email: "bo@example.org"}, Channel: customers.ByEmail}})
	var n customers.Neighbour
	w.do(customers.NameNeighbour{Of: "b", By: "a", Asked: asked, ByAsked: asked, Made: &n})
	w.brought("p", "ana@example.org")
	w.brought("q", "bo@example.org")
	w.member("qr-a")
	if v := w.at(view.StepPickupChoose); len(v.OfPickup().List) != 2 {
		t.Fatalf("listed is %+v", v.OfPickup().List)
	}
	w.do(customers.EndNeighbour{ID: n.ID, Customer: "b", Through: "shop"})
	if v := w.at(view.StepPickupChoose); len(v.OfPickup().List) != 1 || v.OfPickup().List[0].Value != "p" {
		t.Fatalf("without the neighbour listed is %+v", v.OfPickup().List)
	}
	w.do(customers.Erase{ID: "a"})
	w.at(view.StepIdle)
}
